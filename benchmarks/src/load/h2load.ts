// h2load (nghttp2), here with HTTP/1.1: the generator that a later HTTP/2 workload will need.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onPath } from "../process/on-path.ts";
import { temporaryFolder } from "../process/temporary-folder.ts";
import { type Generator, wholeSecondsOf } from "./generator.ts";
import { Latencies } from "./latencies.ts";
import { type LoadJob, type LoadResult, REQUEST_FIELDS, urlOf } from "./load.ts";

/** Reads h2load's log: start in µs since the epoch, status (-1 when none came), duration in µs. */
export function readLog(text: string, seconds: number): LoadResult {
  const latencies = new Latencies();
  let errors = 0;
  for (const line of text.split("\n")) {
    const [, status, micros] = line.split("\t").map(Number);
    if (status === 200 && micros !== undefined) latencies.add(micros / 1000);
    else if (status !== undefined) errors++;
  }
  return { requests: latencies.count, seconds, errors, ...latencies.percentiles() };
}

function arguments_(job: LoadJob, log: string, body: string): readonly string[] {
  const fields = Object.entries(REQUEST_FIELDS).flatMap(([k, v]) => ["-H", `${k}: ${v}`]);
  const upload = job.uploadBytes > 0 ? ["-d", body] : [];
  const size = ["-t1", `-c${job.connections}`, `-D${wholeSecondsOf(job)}`];
  return ["h2load", "--h1", ...size, ...fields, ...upload, `--log-file=${log}`, urlOf(job)];
}

export const h2load: Generator = {
  name: "h2load",
  wholeSeconds: true,
  missing: () =>
    onPath("h2load") === undefined
      ? "h2load is not installed (package nghttp2-client); npm run bench -- --install brings it"
      : undefined,
  cannot(job) {
    if (job.rate !== undefined) return "h2load has no open loop";
    return job.newConnections ? "h2load keeps its connections" : undefined;
  },
  async run(job, side, stretch): Promise<LoadResult> {
    using folder = temporaryFolder("h2load");
    const [log, body] = [join(folder.path, "log"), join(folder.path, "body")];
    await writeFile(body, "x".repeat(job.uploadBytes));
    const command = arguments_(job, log, body);
    // It opens and closes by itself, so that is measured too.
    stretch.begins();
    await using started = await side.start(command);
    await started.output();
    stretch.ends();
    return readLog(await readFile(log, "utf8"), wholeSecondsOf(job));
  },
};
