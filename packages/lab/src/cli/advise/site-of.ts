// Makes the site of the options, of the log, of the running balancer, and of what the person answers when asked.
import { basename } from "node:path";
import { type Assembled, assemble, type Lack, namesOf } from "../../advise/assemble.ts";
import { learnFromLog } from "../../advise/from-log.ts";
import { learnFromStatus } from "../../advise/from-status.ts";
import type { LearntSite } from "../../advise/learnt.ts";
import type { SaidSite } from "../../advise/said-site.ts";
import { openLog } from "../../replay/open-log.ts";
import { valuesByServer } from "../../replay/server-values.ts";
import { readLogFile } from "../log-file.ts";
import { say, UsageError } from "../terminal.ts";
import { type AdviseOptions, MOST_OF_LOG, USUAL_WATCH_MS } from "./options.ts";

export interface KnownSite extends Assembled {
  /** Today's algorithm as the balancer names it, if it is known. */
  readonly algorithm?: string;
}

/** Throws a UsageError for options that contradict each other, and when something is missing and no one can be asked. */
export async function siteOf(options: AdviseOptions): Promise<KnownSite> {
  refuseContradictions(options);
  const watched = options.from === undefined ? undefined : await watch(options.from, options);
  const log = options.log === undefined ? undefined : await readLog(options.log, options, watched);
  const learnt = [log, watched].filter((one) => one !== undefined);
  let said = saidBy(options, learnt);
  let found = assembled(said, learnt);
  if ("lacks" in found) {
    if (!canAsk(options)) throw new UsageError(lackText(found.lacks));
    const { askFor } = await import("./ask.ts");
    said = { ...(await askFor(found.lacks)), ...said };
    found = assembled(said, learnt);
  }
  if ("lacks" in found) throw new UsageError(lackText(found.lacks));
  const algorithm = options.algorithm ?? watched?.algorithm;
  return { ...found, ...(algorithm !== undefined && { algorithm }) };
}

async function watch(place: string, options: AdviseOptions): Promise<LearntSite> {
  // Loaded only here, because the loader of tandem.yaml would double the start of every command.
  const { watchBalancer } = await import("./watch-balancer.ts");
  const { backend, watch: ms = USUAL_WATCH_MS } = options;
  return learnFromStatus(await watchBalancer(place, { backend, ms }));
}

/** A mean and a p99 that no distribution has are found out only here, since either may come from a source. */
function assembled(said: SaidSite, learnt: readonly LearntSite[]) {
  try {
    return assemble(said, learnt);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

const canAsk = ({ json }: AdviseOptions): boolean =>
  json !== true && process.stdin.isTTY === true && process.stdout.isTTY === true;

const WAYS: Readonly<Record<Lack, string>> = {
  servers: "how many servers there are: --servers 2, or --speeds 1 2",
  rate: "how many requests come: --rate 200",
  work: "how long requests take: --mean 12ms --p99 80ms, or --service 'lognormal mean 12ms sigma 1'",
};

function lackText(lacks: readonly Lack[]): string {
  const lines = lacks.map((lack) => `  ${WAYS[lack]}`);
  return [
    "not enough is known of the site to advise; missing:",
    ...lines,
    "or learn it: --log access.log, or --from 127.0.0.1:8404 for a running balancer; on a terminal the command asks",
  ].join("\n");
}

function refuseContradictions({ service, mean, p99, log, backend, from }: AdviseOptions): void {
  if (service !== undefined && (mean !== undefined || p99 !== undefined))
    throw new UsageError(
      "--service says how long requests take already; leave --mean and --p99 out",
    );
  if (p99 !== undefined && mean === undefined && log !== undefined)
    throw new UsageError(
      "--p99 beside --log: the log tells how the times are spread; leave --p99 out",
    );
  if (backend !== undefined && from === undefined)
    throw new UsageError(
      "--backend names a backend of a running balancer; say which balancer with --from",
    );
}

async function readLog(
  file: string,
  options: AdviseOptions,
  watched: LearntSite | undefined,
): Promise<LearntSite> {
  const source = openLog(file);
  const log = await readLogFile(file, source, { format: options.format, limit: MOST_OF_LOG });
  const [first, last] = [log.requests[0], log.requests.at(-1)];
  if (first === undefined || last === undefined || last.arrivedMs <= first.arrivedMs)
    throw new UsageError(`${file}: one request has no rate; expected a log of some minutes`);
  if (source.damage !== undefined)
    say(
      `${file}: the archive is damaged (${source.damage}): only what stands before that was read`,
    );
  if (log.unreadable > 0) {
    const examples = log.examples.map(({ line, text }) => `  line ${line}: ${text}`).join("\n");
    say(`${file}: ${log.unreadable} of ${log.lines} lines could not be read:\n${examples}`);
  }
  const speeds = valuesOf("--speeds", options.speeds, log.servers);
  const workers = options.workers ?? watched?.workers;
  return learnFromLog(log, {
    name: file === "-" ? "standard input" : basename(file),
    ...(workers !== undefined && { workers }),
    ...(speeds && { speeds }),
  });
}

function saidBy(options: AdviseOptions, learnt: readonly LearntSite[]): SaidSite {
  const { servers, workers, rate, service, mean, p99, maxConnections } = options;
  const counts: SaidSite = {
    ...(servers !== undefined && { servers }),
    ...(servers === undefined && {
      ...(options.speeds?.every(({ name }) => name === undefined) && {
        speeds: options.speeds.map(({ value }) => value),
      }),
      ...(options.weights?.every(({ name }) => name === undefined) && {
        weights: options.weights.map(({ value }) => value),
      }),
    }),
  };
  const names = namesOf(counts, learnt);
  const speeds = valuesOf("--speeds", options.speeds, names);
  const weights = valuesOf("--weights", options.weights, names);
  return {
    ...(servers !== undefined && { servers }),
    ...(speeds && { speeds }),
    ...(weights && { weights }),
    ...(workers !== undefined && { workers }),
    ...(rate !== undefined && { rate }),
    ...(service && { work: service }),
    ...(mean !== undefined && { meanMs: mean }),
    ...(p99 !== undefined && { p99Ms: p99 }),
    ...(maxConnections !== undefined && { maxConnections }),
  };
}

function valuesOf(option: string, given: AdviseOptions["speeds"], names: readonly string[]) {
  return given && valuesByServer(option, given, names, "there is");
}
