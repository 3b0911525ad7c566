// A small crowd, for a moment: everybody is served, and the figures are there.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import t from "tap";
import { tandem } from "../peers/tandem.ts";
import { crowd } from "./crowd.ts";

t.test("normal visitors are answered alone and in the crowd", async (t) => {
  const said: string[] = [];
  const report = await crowd({
    ...{ peer: tandem, slow: 30, rounds: 1, seconds: 1, rate: 100 },
    progress: (words) => void said.push(words),
  });
  t.match(report, {
    peer: "tandem",
    alone: { requests: 100, errors: 0 },
    crowded: { requests: 100, errors: 0 },
  });
  t.ok(report.slowConnections >= 87, `${report.slowConnections} of 90 slow ones stayed`);
  t.equal(report.ratio.median, report.crowded.p99Ms / report.alone.p99Ms);
  const slower = report.ratio.median >= 2; // one second on a busy machine proves nothing
  t.same(report.failures, slower ? ["p99 is not below twice its quiet value"] : []);
  t.same(said, [
    "tandem, round 1 of 1: alone",
    "tandem, round 1 of 1: gathering 90 slow connections",
    "tandem, round 1 of 1: among the crowd",
  ]);
});

t.test("options that make no sense are named", async (t) => {
  for (const [option, value] of [
    ["--rounds", "0.5"],
    ["--slow", "-1"],
    ["--peer", "nobody"],
  ] as const) {
    const main = join(import.meta.dirname, "main.ts");
    const { status, stderr } = spawnSync(process.execPath, [main, "crowd", option, value], {
      encoding: "utf8",
    });
    t.equal(status, 1);
    t.ok(stderr.startsWith(`error: option '${option} <`), stderr);
  }
});
