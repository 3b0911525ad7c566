// `tandem lab replay`: replays an access log with other algorithms and at other speeds.

import { basename } from "node:path";
import { Command, Option } from "commander";
import { figuresOf } from "../figures/of-study.ts";
import { type Demands, madeUp, undiminished, withoutWaiting } from "../replay/demands.ts";
import { FORMATS } from "../replay/formats.ts";
import { openLog } from "../replay/open-log.ts";
import type { LogContent } from "../replay/read-log.ts";
import {
  type ReplayServer,
  replayServers,
  type ServerValue,
  serverValues,
} from "../replay/server-values.ts";
import { traceOf } from "../replay/trace-of.ts";
import { type Trace, traceScenario, traceStudy } from "../scenarios/s17-trace.ts";
import type { Study } from "../scenarios/study.ts";
import { describeLog } from "./describe-log.ts";
import { findCandidates } from "./find-study.ts";
import { MOST_READ, readLogFile } from "./log-file.ts";
import { MOST_SEEDS, positiveNumber, positiveNumbers, seedsUpTo, wholeNumber } from "./options.ts";
import { tellOwnFaults } from "./own-files.ts";
import { provenance } from "./provenance.ts";
import { describeRun, runAsJson } from "./results.ts";
import { tellFiles } from "./run.ts";
import { refuseUnwritable } from "./save.ts";
import { saveRun } from "./save-figures.ts";
import { performStudy } from "./study-run.ts";
import { examples, print, printJson } from "./terminal.ts";
import { Threads, withThreads } from "./threads.ts";

interface ReplayOptions {
  readonly format: string;
  readonly key: "path" | "client";
  readonly algorithms?: readonly string[];
  readonly servers?: number;
  readonly workers?: number;
  readonly serverSpeeds?: readonly ServerValue[];
  readonly weights?: readonly ServerValue[];
  readonly meanMs: number;
  readonly speed?: readonly number[];
  readonly seeds?: number;
  readonly limit: number;
  readonly threads?: number;
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
  return withThreads(new Command("replay"))
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
          "replay access.log --server-speeds web1=1 web2=0.5 --weights web1=2 web2=1",
          "the second server is half as fast, and gets half as much",
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
    .option(
      "--server-speeds <values...>",
      "how fast each server is, as a list or as NAME=VALUE by the log's names (default: 1)",
      serverValues,
    )
    .option(
      "--weights <values...>",
      "the weights of the servers, likewise (default: 1)",
      serverValues,
    )
    .option("--mean-ms <ms>", "mean work of a request, for logs without times", positiveNumber, 20)
    .option("--speed <factors...>", "how many times as fast (default: 1 2 4)", positiveNumbers)
    .option(
      "--seeds <n>",
      `runs of each (default: up to ${USUAL_SEEDS}, fewer for long logs)`,
      wholeNumber(1, MOST_SEEDS),
    )
    .option("--limit <n>", "read at most this many requests", wholeNumber(1, MOST_READ), 2_000_000)
    .option("--json", "report as JSON")
    .option("--out <folder>", "write figures there")
    .addHelpText(
      "after",
      `\nFormats: ${FORMATS.map(({ name, means }) => `${name} (${means})`).join("; ")}.\nExit code: 0 done, 1 it could not be written, 2 the log or an option is at fault.`,
    )
    .action(replay);
}

async function replay(file: string, options: ReplayOptions): Promise<void> {
  await using threads = await Threads.open(options);
  if (options.out !== undefined) refuseUnwritable(options.out);
  const source = openLog(file);
  const log = await readLogFile(file, source, options);
  const each = serversOf(log, options);
  const servers = each.length;
  const demands = demandsOf(log, each, options);
  const trace = traceOf(file === "-" ? "standard input" : basename(file), log, demands);
  const study = studyOf(trace, each, demands.workers, options);
  const choice = {
    ...(options.algorithms && { algorithms: options.algorithms }),
    seeds: seedsUpTo(options.seeds ?? affordableSeeds(study, trace, options)),
  };
  const done = await performStudy(study, choice, threads);
  const origin = provenance();
  const files =
    options.out === undefined ? [] : saveRun(options.out, done, figuresOf(done), origin);
  if (options.json)
    printJson({
      log: { ...logAsJson(log), damage: source.damage ?? null },
      servers,
      each,
      workers: demands.workers,
      bias: demands.bias,
      ...(runAsJson(done, origin, files) as object),
    });
  else
    print(`${describeLog(file, log, trace, each, demands, source.damage)}\n\n${describeRun(done)}`);
  tellFiles(files);
  tellOwnFaults();
}

/** Returns the servers of the replay. By default there are as many as the log names, all alike. */
function serversOf({ servers }: LogContent, options: ReplayOptions): readonly ReplayServer[] {
  const { serverSpeeds: speeds, weights } = options;
  const listed = Math.max(speeds?.length ?? 0, weights?.length ?? 0);
  const count = options.servers ?? (servers.length || listed || USUAL_SERVERS);
  return replayServers(servers, count, { speeds, weights });
}

function demandsOf(
  log: LogContent,
  each: readonly ReplayServer[],
  options: ReplayOptions,
): Demands {
  const { workers, meanMs } = options;
  const servers = each.length;
  const speeds = each.map(({ speed }) => speed);
  if (!log.format.timed) return madeUp(log.requests, meanMs, workers ?? USUAL_WORKERS);
  return workers === undefined
    ? undiminished(log.requests, servers, speeds)
    : withoutWaiting(log.requests, servers, workers, speeds);
}

function studyOf(
  trace: Trace,
  each: readonly ReplayServer[],
  workers: number,
  options: ReplayOptions,
): Study {
  const servers = each.length;
  const equal = each.every(({ speed, weight }) => speed === 1 && weight === 1);
  const speeds = options.speed ?? SPEEDS;
  return {
    ...traceStudy(trace, servers, workers),
    variants: () =>
      speeds
        .toSorted((a, b) => a - b)
        .map((speed) => ({
          label: `×${speed}`,
          x: speed,
          scenario: traceScenario(trace, { speed, servers, workers, ...(!equal && { each }) }),
        })),
  };
}

function affordableSeeds(study: Study, { timesMs }: Trace, { algorithms }: ReplayOptions): number {
  const candidates =
    algorithms === undefined ? study.candidates : findCandidates(study, algorithms);
  const each = timesMs.length * candidates.length * study.variants(false).length;
  return Math.max(1, Math.min(USUAL_SEEDS, Math.floor(WORK / Math.max(1, each))));
}

function logAsJson({ format, requests, ...log }: LogContent) {
  return { ...log, format: format.name, requests: requests.length };
}
