// h2load (nghttp2), with HTTP/1.1 or HTTP/2; no other generator speaks HTTP/2. When no server listens, h2load reports no
// error; when a server closes connections, h2load does not end. This file detects both cases.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onPath } from "../process/on-path.ts";
import { temporaryFolder } from "../process/temporary-folder.ts";
import { type Generator, wholeSecondsOf } from "./generator.ts";
import { Latencies } from "./latencies.ts";
import { type LoadJob, type LoadResult, REQUEST_FIELDS, urlOf } from "./load.ts";
import { SPARE_SECONDS } from "./measured-part.ts";
import { NEVER_ANSWERED, WrongAnswers } from "./wrong-answers.ts";

const SUMMARY =
  /requests: \d+ total, \d+ started, (\d+) done, \d+ succeeded, (\d+) failed, (\d+) errored, (\d+) timeout/;
const DATA = /\((\d+)\) data$/m;

/**
 * A line of h2load's log: the start in µs since the epoch, the status (-1 when no answer came), the duration in µs.
 */
interface LogLine {
  readonly startUs: number;
  readonly status: number;
  readonly us: number;
}

function readLog(text: string): readonly LogLine[] {
  return text.split("\n").flatMap((line) => {
    const [startUs, status, us] = line.split("\t").map(Number);
    return startUs === undefined || status === undefined || us === undefined
      ? []
      : [{ startUs, status, us }];
  });
}

/** Returns how many requests are under way at any time: one on each connection, or one on each of its streams. */
function atATime({ connections, streams = 1 }: LoadJob): number {
  return connections * streams;
}

/**
 * Returns how many requests the server never answered. h2load logs no request that hangs. When a request is answered,
 * the next one is sent at once, so in the third quarter of the run the log should show as many simultaneous requests
 * as the job has. Missing ones hang.
 */
function silentRequests(lines: readonly LogLine[], job: LoadJob): number {
  const { seconds } = job;
  let first = Number.POSITIVE_INFINITY;
  for (const { startUs } of lines) first = Math.min(first, startUs);
  const [from, to] = [first + seconds * 500_000, first + seconds * 750_000];
  const changes = lines.flatMap(({ startUs, us }) => [
    { at: startUs, by: 1 },
    { at: startUs + us, by: -1 },
  ]);
  changes.sort((a, b) => a.at - b.at || a.by - b.by);
  let underWay = 0;
  let most = 0;
  for (const { at, by } of changes) {
    underWay += by;
    if (at >= from && at <= to) most = Math.max(most, underWay);
  }
  return Math.max(0, atATime(job) - most);
}

/**
 * Reads the result of `job` from h2load's log and its summary. Neither of the two has the lengths of single answers.
 * The summary has only their sum, which may include the beginnings of as many more answers as are under way at a time. Over
 * HTTP/2, h2load itself counts an answer as failed when its body is not as long as its Content-Length says.
 */
export function readResult(log: string, summary: string, job: LoadJob): LoadResult {
  const latencies = new Latencies();
  const wrong = new WrongAnswers();
  const lines = readLog(log);
  for (const { status, us } of lines) {
    if (status === 200) latencies.add(us / 1000);
    else wrong.add(status === -1 ? "no answer" : `status ${status} instead of 200`);
  }
  const [, done = 0, failed = 0, errored = 0, timeout = 0] = (SUMMARY.exec(summary) ?? []).map(
    Number,
  );
  if (wrong.total === 0) wrong.add("requests failed, by h2load's summary", failed);
  wrong.add("requests lost, by h2load's summary", errored + timeout);
  wrong.add(NEVER_ANSWERED, silentRequests(lines, job));
  const bytes = Number(DATA.exec(summary)?.[1] ?? 0);
  const least = done * job.expectBytes;
  if (bytes < least || bytes > least + atATime(job) * job.expectBytes) {
    wrong.add(`${bytes} bytes in the bodies of ${done} answers, where each has ${job.expectBytes}`);
  }
  const { seconds } = job;
  const count = { requests: latencies.count, seconds, errors: wrong.total, wrong: wrong.toJSON() };
  return { ...count, ...latencies.percentiles() };
}

function arguments_(job: LoadJob, log: string, body: string): readonly string[] {
  const fields = Object.entries(REQUEST_FIELDS).flatMap(([k, v]) => ["-H", `${k}: ${v}`]);
  const upload = job.uploadBytes > 0 ? ["-d", body] : [];
  const protocol = job.streams === undefined ? ["--h1"] : ["-p", "h2c", `-m${job.streams}`];
  const size = ["-t1", `-c${job.connections}`, `-D${wholeSecondsOf(job)}`];
  return ["h2load", ...protocol, ...size, ...fields, ...upload, `--log-file=${log}`, urlOf(job)];
}

export const h2load: Generator = {
  name: "h2load",
  wholeSeconds: 1,
  missing: () =>
    onPath("h2load") === undefined
      ? "h2load is not installed (package nghttp2-client); npm run bench -- --install brings it"
      : undefined,
  cannot(job) {
    if (job.rate !== undefined) return "h2load has no open loop";
    return job.newConnections ? "h2load keeps its connections" : undefined;
  },
  async run(job, side, measured): Promise<LoadResult> {
    using folder = temporaryFolder("h2load");
    const [log, body] = [join(folder.path, "log"), join(folder.path, "body")];
    await writeFile(body, "x".repeat(job.uploadBytes));
    const seconds = wholeSecondsOf(job);
    // h2load opens and closes its connections by itself, so opening and closing are measured too.
    measured.begins();
    await using started = await side.start(arguments_(job, log, body));
    const summary = await started.output(seconds + SPARE_SECONDS);
    measured.ends();
    return readResult(await readFile(log, "utf8"), summary, { ...job, seconds });
  },
};
