// `tandem lab replay`: replays an access log with other algorithms and at other speeds.

import { basename } from "node:path";
import { palette } from "@tandem/telemetry/colors";
import { Command, Option } from "commander";
import { plain, withUnit } from "../figures/numbers.ts";
import { figuresOf } from "../figures/of-study.ts";
import { type Demands, madeUp, undiminished, withoutWaiting } from "../replay/demands.ts";
import { FORMATS } from "../replay/formats.ts";
import { openLog } from "../replay/lines.ts";
import { type LogContent, readLog } from "../replay/read-log.ts";
import { traceOf } from "../replay/trace-of.ts";
import { type Trace, traceScenario, traceStudy } from "../scenarios/s17-trace.ts";
import type { Study } from "../scenarios/study.ts";
import { findCandidates } from "./find-study.ts";
import { MOST_SEEDS, positiveNumber, positiveNumbers, seedsUpTo, wholeNumber } from "./options.ts";
import { provenance } from "./provenance.ts";
import { describeRun, runAsJson } from "./results.ts";
import { tellFiles } from "./run.ts";
import { refuseUnwritable } from "./save.ts";
import { saveRun } from "./save-figures.ts";
import { performStudy } from "./study-run.ts";
import { examples, print, printJson, progress, UsageError } from "./terminal.ts";

interface ReplayOptions {
  readonly format: string;
  readonly key: "path" | "client";
  readonly algorithms?: readonly string[];
  readonly servers?: number;
  readonly workers?: number;
  readonly meanMs: number;
  readonly speed?: readonly number[];
  readonly seeds?: number;
  readonly limit: number;
  readonly json?: boolean;
  readonly out?: string;
}

/** The assumed number of servers when the log does not name any. */
const USUAL_SERVERS = 2;
const USUAL_WORKERS = 8;
const SPEEDS: readonly number[] = [1, 2, 4];
/**
 * The number of requests that can be simulated in about 15 seconds. Further seeds are run only while the total number
 * of requests stays below this number.
 */
const WORK = 20_000_000;
const USUAL_SEEDS = 5;

export function replayCommand(): Command {
  const names = ["auto", ...FORMATS.map(({ name }) => name)];
  return new Command("replay")
    .description("replay an access log with other algorithms, and faster")
    .addHelpText(
      "before",
      examples(
        ["replay access.log", "the format is detected"],
        ["replay haproxy.log.gz --workers 16", "servers that do 16 requests at once"],
        [
          "replay access.log --servers 4 --speed 1 1.5 2",
          "would four servers carry twice the load?",
        ],
        [
          "replay access.log --algorithms least-conn prequal --out figures",
          "two of them, with figures",
        ],
      ),
    )
    .argument("<log>", "a file, a .gz file, or - for standard input")
    .addOption(new Option("--format <name>", "format of its lines").choices(names).default("auto"))
    .addOption(
      new Option("--key <what>", "what the hash key is made of")
        .choices(["path", "client"])
        .default("path"),
    )
    .option("--algorithms <names...>", "these algorithms instead of the usual ones")
    .option(
      "--servers <n>",
      `servers (default: as many as the log names, else ${USUAL_SERVERS})`,
      wholeNumber(1, 10_000),
    )
    .option(
      "--workers <n>",
      "requests a server works on at once (default: see the output)",
      wholeNumber(1, 1_000),
    )
    .option("--mean-ms <ms>", "mean work of a request, for logs without times", positiveNumber, 20)
    .option("--speed <factors...>", "how many times as fast (default: 1 2 4)", positiveNumbers)
    .option(
      "--seeds <n>",
      `runs of each (default: up to ${USUAL_SEEDS}, fewer for long logs)`,
      wholeNumber(1, MOST_SEEDS),
    )
    .option("--limit <n>", "read at most this many requests", wholeNumber(1, 20_000_000), 2_000_000)
    .option("--json", "report as JSON")
    .option("--out <folder>", "write figures there")
    .addHelpText(
      "after",
      `\nFormats: ${FORMATS.map(({ name, means }) => `${name} (${means})`).join("; ")}.\nExit code: 0 done, 1 it could not be written, 2 the log or an option is at fault.`,
    )
    .action(replay);
}

async function replay(file: string, options: ReplayOptions): Promise<void> {
  if (options.out !== undefined) refuseUnwritable(options.out);
  const log = await read(file, options);
  const servers = options.servers ?? (log.servers || USUAL_SERVERS);
  const demands = demandsOf(log, servers, options);
  const trace = traceOf(file === "-" ? "standard input" : basename(file), log, demands);
  const study = studyOf(trace, servers, demands.workers, options);
  const done = performStudy(study, {
    ...(options.algorithms && { algorithms: options.algorithms }),
    seeds: seedsUpTo(options.seeds ?? affordableSeeds(study, trace, options)),
  });
  const origin = provenance();
  const files =
    options.out === undefined ? [] : saveRun(options.out, done, figuresOf(done), origin);
  if (options.json)
    printJson({
      log: logAsJson(log),
      servers,
      workers: demands.workers,
      bias: demands.bias,
      ...(runAsJson(done, origin, files) as object),
    });
  else print(`${describeLog(file, log, trace, servers, demands)}\n\n${describeRun(done)}`);
  tellFiles(files);
}

async function read(file: string, { format, key, limit }: ReplayOptions): Promise<LogContent> {
  const given = FORMATS.find(({ name }) => name === format);
  const log = await readLog(openLog(file), {
    ...(given && { format: given }),
    key,
    limit,
    progress: (requests) => progress(`reading: ${requests.toLocaleString("en-US")} requests`),
  }).catch((error: Error) => {
    throw new UsageError(`${file}: ${error.message}`);
  });
  progress(undefined);
  const shown = log.examples.map(({ line, text }) => `  line ${line}: ${text}`).join("\n");
  if (log.lines === 0) throw new UsageError(`${file}: the file is empty`);
  if (log.format === undefined)
    throw new UsageError(
      `${file}: its lines are of no format known here (${FORMATS.map(({ name }) => name).join(", ")})\n${shown}`,
    );
  if (log.requests.length === 0)
    throw new UsageError(
      `${file}: no request that a server answered, in ${log.lines} lines read as ${log.format.name}` +
        (shown === "" ? "" : `\n${shown}`),
    );
  return log;
}

function demandsOf(log: LogContent, servers: number, options: ReplayOptions): Demands {
  const { workers, meanMs } = options;
  if (!log.format.timed) return madeUp(log.requests, meanMs, workers ?? USUAL_WORKERS);
  return workers === undefined
    ? undiminished(log.requests, servers)
    : withoutWaiting(log.requests, servers, workers);
}

function studyOf(trace: Trace, servers: number, workers: number, options: ReplayOptions): Study {
  const speeds = options.speed ?? SPEEDS;
  return {
    ...traceStudy(trace, servers, workers),
    variants: () =>
      speeds
        .toSorted((a, b) => a - b)
        .map((speed) => ({
          label: `×${speed}`,
          x: speed,
          scenario: traceScenario(trace, { speed, servers, workers }),
        })),
  };
}

function affordableSeeds(study: Study, { timesMs }: Trace, { algorithms }: ReplayOptions): number {
  const candidates =
    algorithms === undefined ? study.candidates : findCandidates(study, algorithms);
  const each = timesMs.length * candidates.length * study.variants(false).length;
  return Math.max(1, Math.min(USUAL_SEEDS, Math.floor(WORK / Math.max(1, each))));
}

function logAsJson({ format, requests, ...log }: LogContent): unknown {
  return { ...log, format: format.name, requests: requests.length };
}

const counted = (value: number, noun: string) => `${value} ${noun}${value === 1 ? "" : "s"}`;
const count = (value: number) => value.toLocaleString("en-US");

function describeLog(
  file: string,
  log: LogContent,
  trace: Trace,
  servers: number,
  { demandsMs, workers, bias }: Demands,
): string {
  const { bold, dim, yellow } = palette();
  const seconds = (trace.timesMs.at(-1) ?? 0) / 1000 || 1;
  const mean = demandsMs.reduce((sum, demand) => sum + demand, 0) / demandsMs.length;
  const load = ((trace.timesMs.length / seconds) * mean) / 1000 / (servers * workers);
  const lines = [
    `${bold(file)}: ${log.format.name}, ${count(log.requests.length)} requests in ${plain(seconds)} s, ${plain(log.requests.length / seconds)}/s`,
  ];
  if (log.cut) lines.push(yellow("only the first of them were read; --limit reads more"));
  if (log.local > 0) lines.push(`${count(log.local)} lines left out: no server answered them`);
  if (log.unreadable > 0)
    lines.push(
      yellow(`${count(log.unreadable)} of ${count(log.lines)} lines could not be read:`),
      ...log.examples.map(({ line, text }) => dim(`  line ${line}: ${text}`)),
    );
  const latencies = log.requests.map(({ totalMs }) => totalMs).sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(share * (latencies.length - 1))] ?? Number.NaN;
  if (log.format.timed)
    lines.push(`in the log      p50 ${withUnit(at(0.5), "ms")}, p99 ${withUnit(at(0.99), "ms")}`);
  lines.push(
    `in the replay   ${counted(servers, "server")} of ${counted(workers, "worker")}, mean work ${withUnit(mean, "ms")}: load ${plain(load)} at speed 1`,
    dim(`estimate        ${bias}`),
  );
  if (!log.format.exact)
    lines.push(dim("arrivals        known to the second; spread at random within it"));
  return lines.join("\n");
}
