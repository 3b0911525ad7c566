// wrk: a closed loop like autocannon's, in C. It uses less CPU time than autocannon, so the origin on the same core
// gets more, and a fast proxy does not have to wait for its client. By itself wrk counts every answer below 400 as
// good, whatever its length, and does not report requests that are never answered. So the script below checks each
// answer.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onPath } from "../process/on-path.ts";
import { temporaryFolder } from "../process/temporary-folder.ts";
import { type Generator, wholeSecondsOf } from "./generator.ts";
import { type LoadJob, type LoadResult, REQUEST_FIELDS, urlOf } from "./load.ts";
import { SPARE_SECONDS } from "./measured-part.ts";
import { NEVER_ANSWERED, WrongAnswers, wrongWith } from "./wrong-answers.ts";

const NEEDED = { program: "wrk", package: "wrk" };
/**
 * How many seconds before the end of a run wrk stops sending requests. A request that has no answer
 * at the end of the run counts as never answered.
 */
const LAST_ANSWERS_SECONDS = 1;

/** The last line that the script prints: times in ms, failed sockets, and answers as [status, length, count]. */
interface WrkReport {
  /** Seconds from the first request to the last answer. */
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly sent: number;
  readonly failures: Readonly<Record<"connect" | "read" | "write", number>>;
  readonly answers: readonly (readonly [status: number, bytes: number, count: number])[];
}

/**
 * The script, in Lua. wrk has one Lua state per thread, and it runs with one thread here. The
 * script defines a clock with nanoseconds, because the clock of Lua itself counts whole seconds.
 */
const SCRIPT = `local ffi = require("ffi")
ffi.cdef("typedef struct { long s; long ns; } moment; int clock_gettime(int, moment *);")
local moment, threads, bytes = ffi.new("moment"), {}, nil
local function now()
  ffi.C.clock_gettime(1, moment)
  return tonumber(moment.s) + tonumber(moment.ns) / 1e9
end
sent, began, ended, answers = -1, 0, 0, {} -- wrk asks for one request beforehand, to look at it
function setup(thread) table.insert(threads, thread) end
function init() bytes = wrk.format() end
function request()
  if sent == 0 then began = now() end
  sent = sent + 1
  return bytes
end
function delay()
  if sent < 1 or now() - began < SECONDS then return 0 end
  return 60000
end
function response(status, headers, body)
  local kind = status .. "," .. #body
  answers[kind] = (answers[kind] or 0) + 1
  ended = now()
end
function done(summary, latency)
  local e, list, thread = summary.errors, {}, threads[1]
  for kind, count in pairs(thread:get("answers")) do
    table.insert(list, string.format("[%s,%d]", kind, count))
  end
  io.write(string.format('\\n{"seconds":%f,"p50Ms":%f,"p99Ms":%f,"p999Ms":%f,"sent":%d',
    thread:get("ended") - thread:get("began"),
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency:percentile(99.9) / 1e3,
    thread:get("sent")))
  io.write(string.format(',"failures":{"connect":%d,"read":%d,"write":%d},"answers":[%s]}\\n',
    e.connect, e.read, e.write, table.concat(list, ",")))
end
`;

/** Returns the Lua script that makes wrk send `job` and report. */
export function wrkScript(job: LoadJob): string {
  const body = job.uploadBytes > 0 ? `wrk.body = string.rep("x", ${job.uploadBytes})\n` : "";
  return `wrk.method = "${job.method}"\n${body}${SCRIPT.replace("SECONDS", String(wholeSecondsOf(job)))}`;
}

/** Reads the result of `job` from the script's report. */
export function readReport(line: string, job: LoadJob): LoadResult {
  const { failures, answers, sent, seconds, ...percentiles } = JSON.parse(line) as WrkReport;
  const wrong = new WrongAnswers();
  let requests = 0;
  let answered = 0;
  for (const [status, bytes, count] of answers) {
    answered += count;
    const reason = wrongWith(status, bytes, job.expectBytes);
    if (reason === "") requests += count;
    else wrong.add(reason, count);
  }
  wrong.add(NEVER_ANSWERED, sent - answered);
  for (const [what, count] of Object.entries(failures)) wrong.add(`wrk's ${what} errors`, count);
  return { requests, seconds, errors: wrong.total, wrong: wrong.toJSON(), ...percentiles };
}

export const wrk: Generator = {
  name: "wrk",
  wholeSeconds: 1,
  missing: () =>
    onPath(NEEDED.program) === undefined
      ? `${NEEDED.program} is not installed; npm run bench -- --install brings it`
      : undefined,
  cannot(job) {
    if (job.handshake !== undefined) return "wrk does not say how its connections began";
    return job.rate === undefined ? undefined : "wrk has no open loop";
  },
  async run(job, side, measured): Promise<LoadResult> {
    using folder = temporaryFolder("wrk");
    const script = join(folder.path, "job.lua");
    await writeFile(script, wrkScript(job));
    const fields = {
      ...REQUEST_FIELDS,
      ...(job.newConnections ? { Connection: "close" } : {}),
    };
    const headers = Object.entries(fields).flatMap(([k, v]) => ["-H", `${k}: ${v}`]);
    const seconds = wholeSecondsOf(job) + LAST_ANSWERS_SECONDS;
    const size = ["-t1", `-c${job.connections}`, `-d${seconds}s`];
    const command = ["wrk", ...size, ...headers, "-s", script, urlOf(job)];
    // wrk opens and closes its connections by itself, so opening and closing are measured too.
    measured.begins();
    await using started = await side.start(command);
    const lines = (await started.output(seconds + SPARE_SECONDS)).trim().split("\n");
    measured.ends();
    return readReport(lines.at(-1) ?? "", job);
  },
};
