// Do a thousand slow heads, a thousand slow bodies and a thousand slow readers slow anybody else down?
// Normal visitors ask at a fixed rate (open loop; latency counts from the intended moment, so a stall is
// felt by all who would have come during it), first alone, then among the crowd.
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
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

export async function crowd(options: CrowdOptions): Promise<CrowdReport> {
  const origin = await startOrigin();
  await using balancer = await startBalancer(origin.port, 1);
  const { port } = balancer;
  await measure(port, { ...options, seconds: 2 });
  options.progress("alone");
  const quiet = await measure(port, options);
  options.progress(`gathering ${3 * options.slow} slow connections`);
  const slow = new SlowCrowd(port, options.slow);
  await sleep(2_000);
  options.progress("among the crowd");
  const crowded = await measure(port, options);
  const { fewest } = slow;
  slow.leave();
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
    for (let asked = 0; next < total; asked++) {
      const intended = startedAt + (next++ * 1000) / ratePerSecond;
      const wait = intended - performance.now();
      if (wait > 0) await sleep(wait);
      connection.send("GET / HTTP/1.1\r\nHost: crowd\r\n\r\n");
      const answers = await connection.until(
        (all) => all.toString().split("hello").length > asked + 1,
      );
      if (answers.toString().split("hello").length <= asked + 1) failed += 1;
      else latencies.push(performance.now() - intended);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  return { requests: latencies.length, failed, p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** Clients that dribble heads, dribble bodies, or do not read; each comes back when it is thrown out. */
class SlowCrowd {
  readonly #sockets = new Set<Socket>();
  readonly #port: number;
  readonly #timer: NodeJS.Timeout;
  readonly #size: number;
  #left = false;
  #fewest = Number.POSITIVE_INFINITY;

  constructor(port: number, ofEach: number) {
    this.#port = port;
    this.#size = 3 * ofEach;
    for (let n = 0; n < this.#size; n++) this.#join(n % 3);
    let round = 0;
    this.#timer = setInterval(() => {
      round += 1;
      for (const socket of this.#sockets)
        if (socket.writable && !socket.isPaused()) socket.write("a");
      if (round > 2) this.#fewest = Math.min(this.#fewest, this.#sockets.size);
    }, 500);
  }

  get fewest(): number {
    return this.#fewest;
  }

  leave(): void {
    this.#left = true;
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(kind: number): void {
    if (this.#left) return;
    const socket = connect({ port: this.#port, host: "127.0.0.1" });
    this.#sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#sockets.delete(socket);
      setTimeout(() => this.#join(kind), 20);
    });
    if (kind === 0) socket.write("GET /slow HTTP/1.1\r\nHost: crowd\r\nX: ");
    else if (kind === 1)
      socket.write("POST /echo HTTP/1.1\r\nHost: crowd\r\nContent-Length: 9999\r\n\r\n");
    else {
      socket.pause();
      socket.write("GET /large HTTP/1.1\r\nHost: crowd\r\n\r\n");
    }
    if (kind !== 2) socket.resume();
  }
}
