// Makes the visits of a soak test with TLS on both sides of the balancer. A visit is one request
// and its answer; its size, direction and speed are drawn by chance. The clients that make the
// visits are here too.
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";

const KB = 1024;
const MB = 1024 * KB;
const LARGEST = 20 * MB;

/**
 * All bodies are beginnings of these bytes. Every four bytes hold their own position, so lost or
 * doubled bytes are noticed.
 */
export const BODY = Buffer.alloc(LARGEST);
for (let at = 0; at < LARGEST; at += 4) BODY.writeUInt32LE(at, at);

export interface TlsVisit {
  /** Whether the body is in the answer (`down`) or in the request (`up`). */
  readonly way: "down" | "up";
  readonly bytes: number;
  /** Whether the body is read slowly, with a pause of 1 ms after each chunk. */
  readonly slow: boolean;
  /** Whether one of the two servers closes the connection of this request instead of answering. */
  readonly dies: boolean;
}

/**
 * The sizes of bodies, from small to large. Each row has a cumulative share of the visits and the
 * largest body in bytes: 60 % of the bodies have up to 4 KB, the next 25 % up to 300 KB.
 */
const SIZES = [
  [0.6, 4 * KB],
  [0.85, 300 * KB],
  [0.98, 1.5 * MB],
  [0.995, 5 * MB],
  [1, LARGEST],
] as const;

export function visitFor(random: () => number): TlsVisit {
  const part = random();
  const [, most] = SIZES.find(([share]) => part <= share) ?? SIZES[0];
  const bytes = Math.floor(most === LARGEST ? LARGEST : 20 + random() * (most - 20));
  const way = random() < 0.2 ? "up" : "down";
  return { way, bytes, slow: random() < 0.3, dies: way === "down" && random() < 0.03 };
}

const PATIENCE_MS = 60_000;
const SOCKETS = 8;

/** Clients that make their visits over at most 8 kept connections. */
export class TlsVisitors implements Disposable {
  readonly #agent: Agent;
  readonly #port: number;

  constructor(port: number, ca: Buffer) {
    this.#port = port;
    this.#agent = new Agent({ ca, keepAlive: true, maxSockets: SOCKETS });
  }

  /**
   * Makes a visit. Resolves to what went wrong: "" when nothing did, "hang" when no byte came for
   * 60 s.
   */
  async go(visit: TlsVisit): Promise<string> {
    try {
      const answer = await this.#ask(visit);
      const said =
        visit.way === "down" ? await readDown(answer, visit) : await readUp(answer, visit);
      return answer.statusCode === 200 ? said : `status ${answer.statusCode}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  #ask({ way, bytes, slow, dies }: TlsVisit): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const outgoing = request({
        host: "127.0.0.1",
        port: this.#port,
        servername: "www.foobar.com",
        method: way === "down" ? "GET" : "POST",
        headers: {
          host: "www.foobar.com",
          "x-bytes": bytes,
          ...(slow && { "x-slow": 1 }),
          ...(dies && { "x-dies": 1 }),
        },
        agent: this.#agent,
        timeout: PATIENCE_MS,
      });
      outgoing.on("response", resolve);
      outgoing.on("error", reject);
      outgoing.on("timeout", () => outgoing.destroy(new Error("hang")));
      outgoing.end(way === "up" ? BODY.subarray(0, bytes) : undefined);
    });
  }
}

async function readDown(answer: IncomingMessage, { bytes, slow }: TlsVisit): Promise<string> {
  let at = 0;
  let right = true;
  const chunks: AsyncIterable<Buffer> = answer;
  for await (const chunk of chunks) {
    right &&= chunk.equals(BODY.subarray(at, at + chunk.length));
    at += chunk.length;
    if (slow) await sleep(1);
  }
  if (at !== bytes) return `${at} of ${bytes} bytes came`;
  return right ? "" : "other bytes than were sent";
}

async function readUp(answer: IncomingMessage, { bytes }: TlsVisit): Promise<string> {
  let text = "";
  for await (const chunk of answer) text += chunk;
  return text === String(bytes) ? "" : `${text} of ${bytes} bytes arrived`;
}
