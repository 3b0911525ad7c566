// An open loop of requests by chance (Poisson): each is sent at its drawn time, whether or not earlier ones are answered, and
// its latency runs from that time. So no slow answer delays the next request (no coordinated omission).
import { Agent, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface Answer {
  /** When the request was meant to be sent, in milliseconds from the start. */
  readonly atMs: number;
  readonly latencyMs: number;
  /** How long the server meant it to stay. */
  readonly stayMs: number;
  readonly box: number;
  /** How much later than meant it was sent: the machine was busy with something else. */
  readonly lateMs: number;
}

export interface Load {
  readonly port: number;
  readonly rate: number;
  readonly seconds: number;
  readonly work: (draw: () => number) => number;
  readonly draw: () => number;
}

export interface LoadResult {
  /** In the order in which they were meant to be sent. */
  readonly answers: readonly Answer[];
  readonly failed: number;
}

/** Sends the load and waits for all answers. */
export async function openLoop({ port, rate, seconds, work, draw }: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true });
  const began = performance.now();
  const pending: Promise<Answer | undefined>[] = [];
  let atMs = 0;
  for (;;) {
    atMs += (-Math.log(1 - draw()) * 1000) / rate;
    if (atMs > seconds * 1000) break;
    const workMs = work(draw);
    const wait = began + atMs - performance.now();
    if (wait > 0) await sleep(wait);
    pending.push(ask({ agent, port, path: `/?ms=${workMs.toFixed(3)}` }, atMs, began));
  }
  const answers = (await Promise.all(pending)).filter((answer) => answer !== undefined);
  agent.destroy();
  return { answers, failed: pending.length - answers.length };
}

function ask(
  options: { readonly agent: Agent; readonly port: number; readonly path: string },
  atMs: number,
  began: number,
): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const lateMs = performance.now() - began - atMs;
    const request = get({ host: "127.0.0.1", ...options }, (response) => {
      response.resume();
      response.on("error", () => resolve(undefined));
      response.on("end", () => {
        if (response.statusCode !== 200) return resolve(undefined);
        const latencyMs = performance.now() - began - atMs;
        const { stay, box } = response.headers;
        resolve({ atMs, latencyMs, stayMs: Number(stay), box: Number(box), lateMs });
      });
    });
    request.on("error", () => resolve(undefined));
  });
}
