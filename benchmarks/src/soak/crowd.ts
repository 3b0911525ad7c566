// Measures whether slow clients slow down other clients. A thousand clients send heads slowly, a
// thousand send bodies slowly, and a thousand read answers slowly. Normal visitors send requests at
// a fixed rate, in turns without the slow clients ("alone") and beside them ("crowded"). The load
// is an open loop: latency counts from the moment at which a request was due, so a stall counts for
// every request that was due during the stall.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LoadResult } from "../load/load.ts";
import { own } from "../load/own.ts";
import type { Peer } from "../peers/peer.ts";
import type { Started } from "../process/started.ts";
import { type Bench, setUpBench } from "../run/bench-setup.ts";
import { jobFor } from "../run/load-round.ts";
import { type RunningPeer, startPeer } from "../run/running-peer.ts";
import { type Estimate, estimate, median } from "../run/statistics.ts";
import { KEEP_ALIVE, type Workload } from "../workloads/workload.ts";
import type { CrowdNews, CrowdSetup, SlowKind } from "./slow-crowd.ts";

export interface CrowdOptions {
  readonly peer: Peer;
  /** How many slow connections there are of each kind: heads, bodies and readers. */
  readonly slow: number;
  /**
   * How many rounds are made. Each round measures once without the slow clients and once beside
   * them.
   */
  readonly rounds: number;
  /** How many seconds one measurement takes. */
  readonly seconds: number;
  /** How many requests per second all normal visitors send together. */
  readonly rate: number;
  readonly progress: (words: string) => void;
}

export interface CrowdReport {
  readonly peer: string;
  readonly alone: Latency;
  readonly crowded: Latency;
  /**
   * The p99 beside the slow clients ÷ the p99 without them: the median of all rounds, with its
   * bounds.
   */
  readonly ratio: Estimate;
  /** The smallest number of slow connections that were open during a measurement. */
  readonly slowConnections: number;
  /**
   * How many answers the server could not finish sending by the end of a measurement, because slow
   * readers did not read them. The smallest number over all rounds.
   */
  readonly heldBack: number;
  /**
   * How many slow connections of each kind the proxy closed during the measurements, because their
   * clients had been slow for too long.
   */
  readonly thrownOut: Readonly<Record<SlowKind, number>>;
  /** The reasons why the test failed; empty when it passed. */
  readonly failures: readonly string[];
}

/** Latencies are medians over the rounds; numbers of requests and errors are sums. */
interface Latency {
  readonly requests: number;
  readonly errors: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const VISITORS: Workload = {
  ...KEEP_ALIVE,
  name: "visitors",
  title: "normal visitors",
  path: "/small",
  connections: 16,
};

/** How many descriptors a process needs for files and sockets other than the slow connections. */
const SPARE_DESCRIPTORS = 200;
const WARM_UP_SECONDS = 4;
/**
 * How long to wait after the slow clients have connected, so that the kernel's buffers for slow
 * readers fill. The wait after the slow clients have gone is as long, so that their connections are
 * closed.
 */
const SETTLE_MS = 6_000;

interface Turn {
  readonly alone: LoadResult;
  readonly crowded: LoadResult;
  readonly news: CrowdNews;
  readonly heldBack: number;
}

/**
 * Measures one proxy, `options.peer`. Throws when the proxy does not start, or a measurement has no
 * result.
 */
export async function crowd(options: CrowdOptions): Promise<CrowdReport> {
  await using bench = await setUpBench();
  if (3 * options.slow + SPARE_DESCRIPTORS > bench.descriptors.limit)
    throw new Error(
      `--slow ${options.slow}: three times as many connections need more than the ${bench.descriptors.limit} files that may be open (ulimit -Hn)`,
    );
  await using running = await startPeer(options.peer, bench, VISITORS);
  await visit(running, bench, { ...options, seconds: WARM_UP_SECONDS });
  const turns: Turn[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    const say = (words: string) =>
      options.progress(`${options.peer.name}, round ${round} of ${options.rounds}: ${words}`);
    turns.push(await takeTurn(running, bench, options, say));
  }
  const ratio = estimate(turns.map(({ alone, crowded }) => crowded.p99Ms / alone.p99Ms));
  if (ratio === undefined) throw new Error("no rounds");
  const found = {
    peer: options.peer.name,
    alone: summary(turns.map(({ alone }) => alone)),
    crowded: summary(turns.map(({ crowded }) => crowded)),
    ratio,
    slowConnections: Math.min(...turns.map(({ news }) => news.fewest)),
    heldBack: Math.min(...turns.map(({ heldBack }) => heldBack)),
    thrownOut: {
      heads: sum(turns.map(({ news }) => news.thrownOut.heads)),
      bodies: sum(turns.map(({ news }) => news.thrownOut.bodies)),
      readers: sum(turns.map(({ news }) => news.thrownOut.readers)),
    },
  };
  return { ...found, failures: failuresOf(found, options.slow) };
}

function failuresOf(found: Omit<CrowdReport, "failures">, slow: number): readonly string[] {
  const { alone, crowded, ratio, slowConnections, heldBack } = found;
  const errors = alone.errors + crowded.errors;
  const failures: string[] = [];
  if (ratio.median >= 2) failures.push("p99 is not below twice its quiet value");
  if (errors > 0) failures.push(`${errors} requests of normal visitors failed`);
  if (slowConnections < 0.9 * 3 * slow)
    failures.push(`only ${slowConnections} of ${3 * slow} slow connections stayed`);
  if (heldBack < 0.9 * slow)
    failures.push(`only ${heldBack} of ${slow} slow readers held a server's answer back`);
  return failures;
}

async function takeTurn(
  running: RunningPeer,
  bench: Bench,
  options: CrowdOptions,
  say: (words: string) => void,
): Promise<Turn> {
  say("alone");
  const alone = await visit(running, bench, options);
  say(`gathering ${3 * options.slow} slow connections`);
  const setup: CrowdSetup = { port: running.port, ofEach: options.slow };
  const program = join(import.meta.dirname, "slow-crowd.ts");
  // The program with the slow clients runs at the lowest priority, because it shares cores with the
  // generator that measures. The speed of the slow clients does not matter.
  const command = ["nice", "-n", "19", process.execPath, program, JSON.stringify(setup)];
  const slow = await bench.load.start(command, { input: true, name: "the crowd" });
  try {
    await slow.nextLine();
    await sleep(SETTLE_MS);
    await newsOf(slow);
    say("among the crowd");
    const crowded = await visit(running, bench, options);
    return { alone, crowded, news: await newsOf(slow), heldBack: await unfinished(bench) };
  } finally {
    await slow[Symbol.asyncDispose]();
    await sleep(SETTLE_MS);
  }
}

/** Returns what happened to the slow clients since the last call. */
async function newsOf(slow: Started): Promise<CrowdNews> {
  slow.write("news?");
  return JSON.parse(await slow.nextLine()) as CrowdNews;
}

/**
 * Returns how many answers the server has begun but cannot finish, because their clients do not
 * read.
 */
async function unfinished({ originPort }: Bench): Promise<number> {
  return Number(await (await fetch(`http://127.0.0.1:${originPort}/unfinished`)).text());
}

async function visit(
  { port }: RunningPeer,
  bench: Bench,
  { seconds, rate }: Pick<CrowdOptions, "seconds" | "rate">,
): Promise<LoadResult> {
  const untold = { begins: () => undefined, ends: () => undefined };
  const job = jobFor(VISITORS, port, { generator: own, seconds, rate });
  const result = await own.run(job, bench.load, untold);
  if (result.requests > 0) return result;
  const due = `${rate} requests/s for ${seconds} s`;
  throw new Error(
    `none was answered of ${due}: ${result.errors} errors; more --rate, more --seconds?`,
  );
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

function summary(results: readonly LoadResult[]): Latency {
  return {
    requests: sum(results.map(({ requests }) => requests)),
    errors: sum(results.map(({ errors }) => errors)),
    p50Ms: median(results.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(results.map(({ p99Ms }) => p99Ms)),
  };
}
