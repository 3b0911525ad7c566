// Tests of docs/operations/two-boxes.md. Operators follow the page by hand, perhaps at night. So the configuration
// file on it must load, and its systemd units must be valid.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "@tandem/config";
import t from "tap";
import { boxNames } from "../src/certificates/names.ts";
import { assignments } from "../src/topology.ts";

const page = readFileSync(
  new URL("../../../docs/operations/two-boxes.md", import.meta.url),
  "utf8",
);
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(
    (m) => m[1] ?? "",
  );

t.test("the configuration is valid for both boxes and runs three tiers on each", async (t) => {
  const [yaml = ""] = blocks("yaml");
  for (const [box, address] of [
    ["box1", "10.0.0.1"],
    ["box2", "10.0.0.2"],
  ] as const) {
    const config = parseConfig(yaml, "two-boxes.md", { box });
    const tiers = assignments(config, [box]).map(({ tier }) => tier);
    t.same(tiers, ["appserver", "webserver", "balancer"]);
    t.ok(boxNames(config, box).includes(address), "the certificate fits the address");
  }
});

t.test("systemd accepts the units", async (t) => {
  const units = blocks("ini");
  t.equal(units.length, 3);
  const tiers = units.map((unit) => /bin\/tandem-(\w+)\.ts/.exec(unit)?.[1]);
  t.same(tiers, ["balancer", "webserver", "appserver"]);
  const verify = (file: string) =>
    spawnSync("systemd-analyze", ["verify", "--man=no", file], { encoding: "utf8" });
  if (verify("--version").error !== undefined) {
    t.pass("systemd-analyze verify", { skip: "not installed here; the units were only counted" });
    return;
  }
  const folder = t.testdir();
  for (const [i, unit] of units.entries()) {
    const file = join(folder, `tandem-${tiers[i]}.service`);
    // The paths in these settings exist only on a machine that is set up. So ExecStart gets another command, and the
    // other settings are removed.
    writeFileSync(
      file,
      unit.replaceAll(
        /^(ExecStart|WorkingDirectory|EnvironmentFile|Documentation)=.*$/gm,
        (_line, key) => (key === "ExecStart" ? "ExecStart=/bin/true" : ""),
      ),
    );
    const { stdout, stderr } = verify(file);
    const about = `${stdout}${stderr}`.split("\n").filter((line) => line.includes("tandem-"));
    t.same(about, [], `tandem-${tiers[i]}.service`);
  }
  const broken = join(folder, "tandem-broken.service");
  writeFileSync(broken, "[Service]\nExecStart=/bin/true\nProtectSytem=strict\n");
  t.match(verify(broken).stderr, "ProtectSytem", "systemd-analyze reports faults");
});
