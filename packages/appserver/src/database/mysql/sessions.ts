// The pool of connections to MySQL. It decides which session gets a connection, and prepares new and returned
// connections. A returned connection is reset only if its session may have left a variable, a lock or a transaction
// behind. (A reset takes 113 µs, a statement 41 µs, a new connection 1 ms.)
import type { Clock } from "@tandem/transport";
import { createPool, escapeId, type PoolOptions } from "mysql2";
import type { DatabaseSession, DatabaseSessions } from "../driver.ts";
import { inTime } from "../in-time.ts";
import { Semaphore } from "../semaphore.ts";
import { Killer } from "./killer.ts";
import type { RawConnection, RawPool } from "./raw.ts";
import { MysqlSession } from "./session.ts";
import { sessionSettings } from "./settings.ts";

const QUEUE = 200;

export interface MysqlSessionsOptions {
  /** The settings of a connection: host, port, user, password, database, connectTimeout. */
  readonly connection: PoolOptions & { readonly database: string };
  readonly pool: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

export class MysqlSessions implements DatabaseSessions {
  readonly #pool: RawPool;
  readonly #semaphore: Semaphore;
  readonly #killer: Killer;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #settings: string;
  readonly #use: string;
  /** The connections on which the settings of `settings.ts` have been made. */
  readonly #set = new WeakSet<RawConnection>();
  /** Connections that are being returned to the pool. */
  readonly #returning = new Set<Promise<void>>();

  constructor({ connection, pool, timeoutMs, clock }: MysqlSessionsOptions) {
    const most = { connectionLimit: pool, maxPreparedStatements: preparedPerConnection(pool) };
    this.#pool = createPool({ ...connection, ...most }) as unknown as RawPool;
    this.#semaphore = new Semaphore({
      permits: pool,
      queue: QUEUE,
      waitMs: timeoutMs,
      what: "database connection",
      clock,
    });
    this.#killer = new Killer(connection, clock);
    this.#timeoutMs = timeoutMs;
    this.#clock = clock;
    this.#settings = sessionSettings(timeoutMs);
    this.#use = `use ${escapeId(connection.database, true)}`;
  }

  async open(): Promise<DatabaseSession> {
    await this.#semaphore.acquire();
    try {
      const raw = await this.#connect();
      return new MysqlSession(raw, {
        timeoutMs: this.#timeoutMs,
        clock: this.#clock,
        kill: (threadId) => this.#killer.kill(threadId),
        giveBack: (connection, state) => {
          const returning = this.#takeBack(connection, state).finally(() =>
            this.#returning.delete(returning),
          );
          this.#returning.add(returning);
        },
      });
    } catch (error) {
      this.#semaphore.release();
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
    // Without a listener, an "error" event ends the process. Such an event comes, for example, when the server answers
    // a reset after the connection was destroyed.
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
        await this.#inTime((done) => raw.reset(done));
        // After a reset, MariaDB keeps the current database but forgets the database's collation. So the database is
        // selected again.
        await this.#inTime((done) => raw.query({ sql: this.#use }, done));
        await this.#arrange(raw);
      }
      raw.release();
    } catch {
      raw.destroy();
    }
    this.#semaphore.release();
  }

  async #arrange(raw: RawConnection): Promise<void> {
    await this.#inTime((done) => raw.query({ sql: this.#settings }, done));
    this.#set.add(raw);
  }

  #inTime(run: (done: (error: Error | null) => void) => void): Promise<void> {
    const ms = this.#timeoutMs;
    return inTime(this.#clock, ms, called(run), () =>
      Object.assign(new Error(`no answer within ${ms} ms`), { code: "ETIMEDOUT" }),
    );
  }
}

/**
 * Returns how many prepared statements each connection may have. With this limit, four processes with the largest pool
 * stay below the server's default limit of 16 382 prepared statements in all.
 */
function preparedPerConnection(pool: number): number {
  return Math.min(100, Math.floor(4000 / pool));
}

/** Resolves when `run` calls back without an error, and rejects when it calls back with an error. */
function called(run: (done: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => run((error) => (error ? reject(error) : resolve())));
}
