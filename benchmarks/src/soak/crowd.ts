// Do a thousand slow heads, a thousand slow bodies and a thousand slow readers slow anybody else down?
// Normal visitors ask at a fixed rate (open loop; latency counts from the intended moment, so a stall is
// felt by all who would have come during it), first alone, then among the crowd.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { startBalancer } from "./balancer.ts";
import { open } from "./client.ts";
import { startOrigin } from "./origin.ts";

export interface CrowdOptions {
  /** Of each kind. */
  readonly slow: number;
  readonly seconds: number;
  readonly ratePerSecond: number;
  readonly progress: (words: string) => void;
}

export interface CrowdReport {
  readonly quiet: Latency;
  readonly crowded: Latency;
  /** p99 among the crowd over p99 alone. */
  readonly ratio: number;
  /** Slow connections that were open while the crowd was there, at the least. */
  readonly slowConnections: number;
}

interface Latency {
  readonly requests: number;
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const CLIENTS = 16;
const SETTLE_MS = 3_000;

/** The defaults: with a soak's short ones the crowd would be thrown out and come back all the time. */
const ORDINARY = "{}";

export async function crowd(options: CrowdOptions): Promise<CrowdReport> {
  const origin = await startOrigin();
  await using balancer = await startBalancer(origin.port, 1, ORDINARY);
  const { port } = balancer;
  await measure(port, { ...options, seconds: 2 });
  options.progress("alone");
  const quiet = await measure(port, options);
  options.progress(`gathering ${3 * options.slow} slow connections`);
  const slow = new Worker(new URL("./slow-crowd.ts", import.meta.url), {
    workerData: { port, ofEach: options.slow },
  });
  let fewest = Number.POSITIVE_INFINITY;
  slow.on("message", (open: number) => {
    fewest = Math.min(fewest, open);
  });
  await once(slow, "message");
  await sleep(SETTLE_MS); // what the slow readers did take has to get through first
  options.progress("among the crowd");
  const crowded = await measure(port, options);
  await slow.terminate();
  origin.server.closeAllConnections();
  origin.server.close();
  return { quiet, crowded, ratio: crowded.p99Ms / quiet.p99Ms, slowConnections: fewest };
}

async function measure(
  port: number,
  { seconds, ratePerSecond }: Pick<CrowdOptions, "seconds" | "ratePerSecond">,
): Promise<Latency> {
  const latencies: number[] = [];
  let failed = 0;
  const total = seconds * ratePerSecond;
  const startedAt = performance.now();
  let next = 0;
  const client = async (): Promise<void> => {
    using connection = await open(port);
    while (next < total) {
      const intended = startedAt + (next++ * 1000) / ratePerSecond;
      // A timer may fire up to a millisecond early.
      while (performance.now() < intended) await sleep(1);
      connection.send("GET / HTTP/1.1\r\nHost: crowd\r\n\r\n");
      const answer = await connection.until((all) => all.includes("hello"));
      if (!answer.includes("hello")) failed += 1;
      else latencies.push(performance.now() - intended);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  return { requests: latencies.length, failed, p50Ms: at(0.5), p99Ms: at(0.99) };
}
