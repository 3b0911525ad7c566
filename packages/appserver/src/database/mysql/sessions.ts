// The pool: which session gets a connection, what is done to one that is new, and to one that comes back. Only
// what a session may have left behind costs a reset (113 µs beside 41 µs for a statement, 1 ms for a new connection).
import { createPool, escapeId, type PoolOptions } from "mysql2";
import type { Session, Sessions } from "../driver.ts";
import { Places } from "../places.ts";
import { Killer } from "./killer.ts";
import type { RawConnection, RawPool } from "./raw.ts";
import { MysqlSession } from "./session.ts";
import { sessionSettings } from "./settings.ts";

const QUEUE = 200;

export interface MysqlSessionsOptions {
  /** How to connect: host, port, user, password, database, connectTimeout. */
  readonly connection: PoolOptions & { readonly database: string };
  readonly pool: number;
  readonly timeoutMs: number;
}

export class MysqlSessions implements Sessions {
  readonly #pool: RawPool;
  readonly #places: Places;
  readonly #killer: Killer;
  readonly #timeoutMs: number;
  readonly #settings: string;
  readonly #use: string;
  /** Connections that are set as `settings.ts` says. */
  readonly #set = new WeakSet<RawConnection>();
  /** Connections on their way back into the pool. */
  readonly #returning = new Set<Promise<void>>();

  constructor({ connection, pool, timeoutMs }: MysqlSessionsOptions) {
    const most = { connectionLimit: pool, maxPreparedStatements: preparedPerConnection(pool) };
    this.#pool = createPool({ ...connection, ...most }) as unknown as RawPool;
    this.#places = new Places({
      places: pool,
      queue: QUEUE,
      waitMs: timeoutMs,
      what: "database connection",
    });
    this.#killer = new Killer(connection);
    this.#timeoutMs = timeoutMs;
    this.#settings = sessionSettings(timeoutMs);
    this.#use = `use ${escapeId(connection.database, true)}`;
  }

  async open(): Promise<Session> {
    await this.#places.enter();
    try {
      const raw = await this.#connect();
      return new MysqlSession(raw, {
        timeoutMs: this.#timeoutMs,
        kill: (threadId) => this.#killer.kill(threadId),
        giveBack: (connection, state) => {
          const returning = this.#takeBack(connection, state).finally(() =>
            this.#returning.delete(returning),
          );
          this.#returning.add(returning);
        },
      });
    } catch (error) {
      this.#places.leave();
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#returning);
    return new Promise((resolve, reject) =>
      this.#pool.end((error) =>
        error === null || error === undefined ? resolve() : reject(error),
      ),
    );
  }

  async #connect(): Promise<RawConnection> {
    const raw = await new Promise<RawConnection>((resolve, reject) =>
      this.#pool.getConnection((error, connection) =>
        connection === undefined ? reject(error) : resolve(connection),
      ),
    );
    if (this.#set.has(raw)) return raw;
    // An "error" event without a listener ends the process, as when a reset is answered after a `destroy`.
    raw.on("error", () => undefined);
    try {
      await this.#arrange(raw);
    } catch (error) {
      raw.destroy();
      throw error;
    }
    return raw;
  }

  async #takeBack(
    raw: RawConnection,
    { spent, touched }: { readonly spent: boolean; readonly touched: boolean },
  ): Promise<void> {
    try {
      if (spent) throw new Error("spent");
      if (touched) {
        this.#set.delete(raw);
        await within(this.#timeoutMs, (done) => raw.reset(done));
        // MariaDB keeps the database over a reset, and forgets its collation.
        await within(this.#timeoutMs, (done) => raw.query({ sql: this.#use }, done));
        await this.#arrange(raw);
      }
      raw.release();
    } catch {
      raw.destroy();
    }
    this.#places.leave();
  }

  async #arrange(raw: RawConnection): Promise<void> {
    await within(this.#timeoutMs, (done) => raw.query({ sql: this.#settings }, done));
    this.#set.add(raw);
  }
}

/** Four processes with the largest pool stay below the server's default of 16 382 in all. */
function preparedPerConnection(pool: number): number {
  return Math.min(100, Math.floor(4000 / pool));
}

/** Rejects when `run` has not called back after `ms`; 0 = no limit. */
function within(ms: number, run: (done: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = (): void =>
      reject(Object.assign(new Error(`no answer within ${ms} ms`), { code: "ETIMEDOUT" }));
    const timer = ms > 0 ? setTimeout(late, ms) : undefined;
    run((error) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve();
    });
  });
}
