import t from "tap";
import { lackingGroups, protocolOptions } from "./policy.ts";

t.test("a group that this Node does not have", async (t) => {
  t.throws(
    () => protocolOptions({ policy: "modern", curves: ["X25519", "X25519MLKEM9"] }),
    /^tls\.curves: Node \d+\.\d+\.\d+ \(OpenSSL \S+\) has no X25519MLKEM9; leave it out/,
  );
});

t.test("the pinned Node lacks no group of the default", async (t) => {
  t.equal(lackingGroups(), undefined);
  const { ecdhCurve } = protocolOptions({ policy: "intermediate" });
  t.equal(ecdhCurve, "X25519MLKEM768:X25519:prime256v1:secp384r1");
});
