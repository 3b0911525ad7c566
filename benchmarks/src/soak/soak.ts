// Sends mixed traffic for a given time: valid, malformed, slow, aborted, cut short by the server,
// and upgraded. The balancer's memory must not grow meanwhile, and no descriptor or request in
// flight may be left afterwards.
import { setTimeout as sleep } from "node:timers/promises";
import { mebibytes } from "../report/format.ts";
import { startBalancer } from "./balancer.ts";
import { startOrigin } from "./origin.ts";
import { growth, type Sample, sample } from "./sampler.ts";
import { seeded } from "./seeded.ts";
import { TRAFFIC } from "./traffic.ts";

export interface SoakOptions {
  readonly seconds: number;
  /** How many visitors of each kind there are at once. */
  readonly visitors: number;
  readonly threads: number;
  readonly progress: (words: string) => void;
}

export interface SoakReport {
  readonly seconds: number;
  readonly visits: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly complaints: readonly string[];
  readonly rssGrowthBytes: number;
  readonly descriptors: { readonly before: number; readonly after: number };
  readonly left: { readonly sessions: number; readonly inFlight: number };
  readonly threadDeaths: number;
  readonly samples: readonly Sample[];
  /** The reasons why the test failed; empty when it passed. */
  readonly failures: readonly string[];
}

/**
 * How much the balancer's memory may grow during a run. V8 frees memory late, so a smaller growth
 * does not show a leak.
 */
const GROWTH_LIMIT_BYTES = 24 * 1024 * 1024;
const SETTLE_MS = 8_000;
/**
 * How many seconds a new process takes until its memory has a steady size. When the memory grows
 * too much in a shorter run, the run fails too, but the message says that the growth may be normal.
 */
const STEADY_SECONDS = 90;

export async function soak(options: SoakOptions): Promise<SoakReport> {
  const origin = await startOrigin();
  await using balancer = await startBalancer(origin.port, options.threads);
  const before = sample(balancer.process.pid, 0).descriptors;
  const visits: Record<string, number> = {};
  const complaints: string[] = [];
  const end = performance.now() + options.seconds * 1000;
  const visitor = async (kind: string, seed: number): Promise<void> => {
    const random = seeded(seed);
    while (performance.now() < end) {
      try {
        await TRAFFIC[kind]?.(balancer.port, random);
        visits[kind] = (visits[kind] ?? 0) + 1;
      } catch (error) {
        complaints.push(`${kind}: ${error instanceof Error ? error.message : error}`);
        await sleep(50);
      }
    }
  };
  const crowd = Object.keys(TRAFFIC).flatMap((kind, index) =>
    Array.from({ length: options.visitors }, (_, n) => visitor(kind, 1 + index * 1000 + n)),
  );
  const samples: Sample[] = [];
  for (let second = 1; second <= options.seconds; second++) {
    await sleep(1_000);
    const now = sample(balancer.process.pid, second);
    samples.push(now);
    const memory = mebibytes(now.rssBytes);
    options.progress(
      `${second} of ${options.seconds} s, ${memory}, ${now.descriptors} descriptors`,
    );
  }
  await Promise.all(crowd);
  await sleep(SETTLE_MS);
  const status = await balancer.status();
  const report = {
    seconds: options.seconds,
    visits,
    requests: sum(status.frontends.map(({ requests }) => requests)),
    complaints,
    rssGrowthBytes: growth(samples),
    descriptors: { before, after: sample(balancer.process.pid, 0).descriptors },
    left: {
      sessions: sum(status.frontends.map(({ current }) => current)),
      inFlight: sum(status.backends.flatMap(({ servers }) => servers.map((s) => s.inFlight))),
    },
    threadDeaths: status.threads.deaths,
    samples,
  };
  origin.server.closeAllConnections();
  origin.server.close();
  return { ...report, failures: judge(report, balancer.process.complaint) };
}

function judge(report: Omit<SoakReport, "failures">, stderr: string): string[] {
  const failures: string[] = [];
  const fail = (is: boolean, words: string): void => void (is && failures.push(words));
  fail(report.complaints.length > 0, `${report.complaints.length} visits went wrong`);
  fail(
    report.rssGrowthBytes > GROWTH_LIMIT_BYTES,
    `memory grew by ${mebibytes(report.rssGrowthBytes)}${report.seconds < STEADY_SECONDS ? `, which a run below ${STEADY_SECONDS} s may: a process takes that long to find its size` : ""}`,
  );
  const { before, after } = report.descriptors;
  fail(after > before + 2, `${after - before} descriptors are left`);
  fail(report.left.sessions !== 0, `${report.left.sessions} sessions are left`);
  fail(report.left.inFlight !== 0, `${report.left.inFlight} requests are left in flight`);
  fail(report.threadDeaths > 0, `${report.threadDeaths} data threads died`);
  fail(stderr !== "", `it complained: ${stderr}`);
  return failures;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
