// Does the balancer hold back a sender that is faster than the reader? Large bodies go through the balancer in every
// way that it can pass bytes on, and their readers read with stalls. The balancer's memory must not grow with the
// bodies, the received bytes must equal the sent bytes, and no resource may be left in use.
import { setTimeout as sleep } from "node:timers/promises";
import { mebibytes } from "../report/format.ts";
import { startBalancer } from "./balancer.ts";
import { type Sample, sample } from "./sampler.ts";
import {
  digestOf,
  MAIN,
  neverRead,
  OTHERS,
  type Pace,
  startTransferOrigin,
  type Transfer,
} from "./transfers.ts";

export interface SlowReaderOptions {
  /** How many bytes each of the two main transfers carries. Each of the other transfers carries a quarter of that. */
  readonly bytes: number;
  readonly pace: Pace;
  readonly growthLimitBytes: number;
  /**
   * Whether to make the other transfers too, and to test a client and a server that never read. The
   * balancer's timeouts then end the connections of that client and that server.
   */
  readonly thorough: boolean;
  readonly progress: (words: string) => void;
}

export interface SlowReaderReport {
  readonly transfers: readonly {
    readonly way: string;
    readonly bytes: number;
    readonly seconds: number;
    readonly intact: boolean;
    /** How much the resident memory rose, at the most, above its size before the first transfer. */
    readonly growthBytes: number;
  }[];
  readonly rssBytes: { readonly before: number; readonly peak: number; readonly after: number };
  readonly growthBytes: number;
  readonly descriptors: { readonly before: number; readonly after: number };
  readonly left: { readonly sessions: number; readonly inFlight: number };
  /** The reasons why the test failed; empty when it passed. */
  readonly failures: readonly string[];
}

const SAMPLE_MS = 50;
/**
 * How long to wait at most until all connections are closed. The balancer keeps idle connections to
 * servers open for two seconds.
 */
const SETTLE_WITHIN_MS = 10_000;

/**
 * Measures the largest resident memory of a process. The measuring ends when the object is disposed
 * of.
 */
class Peak implements Disposable {
  rssBytes = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number, progress: (now: Sample) => void) {
    this.#timer = setInterval(() => {
      const now = sample(pid, 0);
      this.rssBytes = Math.max(this.rssBytes, now.rssBytes);
      progress(now);
    }, SAMPLE_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

export async function slowReader(options: SlowReaderOptions): Promise<SlowReaderReport> {
  const origin = await startTransferOrigin(options.pace);
  await using balancer = await startBalancer(origin.port, 1);
  const { pid } = balancer.process;
  // This transfer is a warm-up. It opens the first connection to a server, and V8 compiles the
  // code.
  await MAIN.down?.(balancer.port, 1, options.pace);
  const before = sample(pid, 0);
  const transfers: SlowReaderReport["transfers"][number][] = [];
  const watched = async (way: string, bytes: number, work: () => Promise<boolean>) => {
    const began = performance.now();
    using peak = new Peak(pid, ({ rssBytes }) =>
      options.progress(`${way}: ${Math.round(rssBytes / 1024 ** 2)} MiB resident`),
    );
    const intact = await work().catch(() => false);
    const seconds = (performance.now() - began) / 1000;
    const growthBytes = Math.max(0, peak.rssBytes - before.rssBytes);
    transfers.push({ way, bytes, seconds, intact, growthBytes });
  };
  const each = async (ways: Readonly<Record<string, Transfer>>, bytes: number) => {
    const wanted = digestOf(bytes);
    for (const [way, transfer] of Object.entries(ways)) {
      await watched(way, bytes, async () => {
        return (await transfer(balancer.port, bytes, options.pace)) === wanted;
      });
    }
  };
  await each(MAIN, options.bytes);
  if (options.thorough) {
    await each(OTHERS, options.bytes / 4);
    await watched("never read", 0, async () => {
      await Promise.all([neverRead(balancer.port, "/down"), neverRead(balancer.port, "/never")]);
      return true;
    });
  }
  options.progress("what is left");
  const { left, after } = await settled(balancer, before);
  origin.server.closeAllConnections();
  origin.server.close();
  const growthBytes = Math.max(...transfers.map((transfer) => transfer.growthBytes));
  const report = {
    transfers,
    rssBytes: {
      before: before.rssBytes,
      peak: before.rssBytes + growthBytes,
      after: after.rssBytes,
    },
    growthBytes,
    descriptors: { before: before.descriptors, after: after.descriptors },
    left,
  };
  return { ...report, failures: judge(report, options, balancer.process.complaint) };
}

/**
 * Waits until no session and no request is left and no more descriptors are open than before, 10 s
 * at most. Returns what is left, and the last sample.
 */
async function settled(
  { status, process }: Awaited<ReturnType<typeof startBalancer>>,
  before: Sample,
): Promise<{ readonly left: SlowReaderReport["left"]; readonly after: Sample }> {
  const end = performance.now() + SETTLE_WITHIN_MS;
  for (;;) {
    const { frontends, backends } = await status();
    const sessions = sum(frontends.map(({ current }) => current));
    const inFlight = sum(backends.flatMap(({ servers }) => servers.map((s) => s.inFlight)));
    const after = sample(process.pid, 0);
    const clean = sessions + inFlight === 0 && after.descriptors <= before.descriptors;
    if (clean || performance.now() > end) return { left: { sessions, inFlight }, after };
    await sleep(100);
  }
}

function judge(
  report: Omit<SlowReaderReport, "failures">,
  { growthLimitBytes }: SlowReaderOptions,
  stderr: string,
): string[] {
  const failures: string[] = [];
  const fail = (is: boolean, words: string): void => void (is && failures.push(words));
  for (const { way, intact } of report.transfers) fail(!intact, `${way}: not what was sent`);
  fail(report.growthBytes > growthLimitBytes, `memory grew by ${mebibytes(report.growthBytes)}`);
  const { before, after } = report.descriptors;
  fail(after > before + 2, `${after - before} descriptors are left`); // the status request uses two
  fail(report.left.sessions !== 0, `${report.left.sessions} sessions are left`);
  fail(report.left.inFlight !== 0, `${report.left.inFlight} requests are left in flight`);
  fail(stderr !== "", `it complained: ${stderr}`);
  return failures;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
