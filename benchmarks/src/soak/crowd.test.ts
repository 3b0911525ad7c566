// The options of `npm run soak -- crowd`. crowd.long.test.ts runs it.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import t from "tap";

const MAIN = join(import.meta.dirname, "main.ts");
const crowd = (...args: readonly string[]) =>
  spawnSync(process.execPath, [MAIN, "crowd", ...args], { encoding: "utf8" });

t.test("options that make no sense are named", async (t) => {
  for (const [option, value] of [
    ["--rounds", "0.5"],
    ["--slow", "-1"],
    ["--peer", "nobody"],
  ] as const) {
    const { status, stderr } = crowd(option, value);
    t.equal(status, 1);
    t.ok(stderr.startsWith(`error: option '${option} <`), stderr);
  }
});
