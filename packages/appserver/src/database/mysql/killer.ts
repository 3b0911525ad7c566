// Ends statements that got no answer in time, with KILL QUERY, as the mysql client does at Ctrl-C. The killer has
// connections of its own, because such statements may occupy all connections of the pool.
import type { Clock } from "@tandem/transport";
import { type ConnectionOptions, createConnection } from "mysql2";
import { workForProcess } from "../../client.ts";
import { Semaphore } from "../semaphore.ts";

const AT_ONCE = 2;
const DEADLINE_MS = 1000;

export class Killer {
  readonly #options: ConnectionOptions;
  readonly #clock: Clock;
  readonly #semaphore: Semaphore;

  constructor(options: ConnectionOptions, clock: Clock) {
    this.#options = { ...options, connectTimeout: DEADLINE_MS };
    this.#clock = clock;
    this.#semaphore = new Semaphore({
      permits: AT_ONCE,
      queue: 200,
      waitMs: DEADLINE_MS,
      what: "connection to kill statements on",
      clock,
    });
  }

  /**
   * Asks the server to end the statement that runs on the connection with the number `threadId`. The request is sent
   * even when the client of the HTTP request has disconnected. Never rejects, because the caller could do nothing about
   * an error.
   */
  async kill(threadId: number): Promise<void> {
    try {
      await workForProcess(() => this.#semaphore.acquire());
    } catch {
      return;
    }
    await this.#send(`kill query ${threadId}`).catch(() => undefined);
    this.#semaphore.release();
  }

  #send(statement: string): Promise<void> {
    const connection = createConnection(this.#options);
    return new Promise<void>((resolve, reject) => {
      connection.on("error", reject);
      const timer = this.#clock.after(DEADLINE_MS, reject);
      connection.query(statement, (error) => {
        timer.cancel();
        if (error) reject(error);
        else resolve();
      });
    }).finally(() => connection.destroy());
  }
}
