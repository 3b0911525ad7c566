// The first bytes of a connection, as strangers may write them. `npm run fuzz:prefaces` goes on with more.
import t from "tap";
import { fuzzPrefaces } from "./fuzz/prefaces.ts";

t.test("PROXY headers and ClientHellos, as written and with changes", async (t) => {
  await t.resolves(fuzzPrefaces(Date.now() % 1e9, 400), "the seed is in the message");
});
