// wrk: a closed loop like autocannon's, in C. It leaves more of its core to the origin, so a fast proxy is
// not held back by its client.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onPath } from "../process/on-path.ts";
import { temporaryFolder } from "../process/temporary-folder.ts";
import { type Generator, wholeSecondsOf } from "./generator.ts";
import { type LoadJob, type LoadResult, REQUEST_FIELDS, urlOf } from "./load.ts";

const NEEDED = { program: "wrk", package: "wrk" };
/** A Lua string for the last line of output: times in µs, as wrk keeps them. */
const REPORT = `function done(summary, latency)
  local e = summary.errors
  io.write(string.format('\\n{"requests":%d,"seconds":%f,"errors":%d,"p50Ms":%f,"p99Ms":%f,"p999Ms":%f}\\n',
    summary.requests - e.status, summary.duration / 1e6,
    e.status + e.connect + e.read + e.write + e.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency:percentile(99.9) / 1e3))
end
`;

/** The Lua script that makes wrk send `job` and report in our shape. */
export function wrkScript(job: LoadJob): string {
  const body = job.uploadBytes > 0 ? `wrk.body = string.rep("x", ${job.uploadBytes})\n` : "";
  return `wrk.method = "${job.method}"\n${body}${REPORT}`;
}

export const wrk: Generator = {
  name: "wrk",
  wholeSeconds: true,
  missing: () =>
    onPath(NEEDED.program) === undefined
      ? `${NEEDED.program} is not installed; npm run bench -- --install brings it`
      : undefined,
  cannot: (job) => (job.rate === undefined ? undefined : "wrk has no open loop"),
  async run(job, side, stretch): Promise<LoadResult> {
    using folder = temporaryFolder("wrk");
    const script = join(folder.path, "job.lua");
    await writeFile(script, wrkScript(job));
    const fields = {
      ...REQUEST_FIELDS,
      ...(job.newConnections ? { Connection: "close" } : {}),
    };
    const headers = Object.entries(fields).flatMap(([k, v]) => ["-H", `${k}: ${v}`]);
    const size = ["-t1", `-c${job.connections}`, `-d${wholeSecondsOf(job)}s`];
    const command = ["wrk", ...size, ...headers, "-s", script, urlOf(job)];
    // It opens and closes by itself, so that is measured too.
    stretch.begins();
    await using started = await side.start(command);
    const lines = (await started.output()).trim().split("\n");
    stretch.ends();
    return JSON.parse(lines.at(-1) ?? "") as LoadResult;
  },
};
