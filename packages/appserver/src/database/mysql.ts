// MySQL and MariaDB through mysql2. The pool is bounded, its queue too, and a query that gets no
// answer gives up and drops its connection: a cut cable must cost seconds, not TCP's quarter of an hour.
import { Kysely, MysqlDialect, type MysqlPool, type MysqlPoolConnection, sql } from "kysely";
import { createPool } from "mysql2";
import type { Database, DatabaseConfig, OpenOptions } from "./database.ts";

const QUEUE_LIMIT = 200;
const LOCK_SECONDS = 60;
/** The longest a timer can be set for. */
const FOR_EVER_MS = 2 ** 31 - 1;

/** A pool for `url`. Nothing is connected before the first query. */
export function openMysql<DB>(
  url: string,
  config: DatabaseConfig,
  options: OpenOptions,
): Database<DB> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const database = decodeURIComponent(pathname.slice(1));
  const pool = createPool({
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? 3306 : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database,
    charset: "utf8mb4",
    timezone: "Z",
    connectionLimit: config.pool,
    queueLimit: QUEUE_LIMIT,
    connectTimeout: config.connectTimeout,
    // A value that is an object must never become `key = value` SQL.
    stringifyObjects: true,
  });
  const kysely = new Kysely<DB>({
    dialect: new MysqlDialect({ pool: withDeadlines(pool, options.queryTimeoutMs) }),
  });
  return {
    kind: "mysql",
    kysely,
    where: `mysql://${hostname}:${port === "" ? 3306 : port}/${database}`,
    exclusively: (work) => withNamedLock(kysely, `tandem-migrate:${database}`, work),
    close: () => kysely.destroy(),
  };
}

type Callback = (error: unknown, result: never) => void;

/** The part of mysql2's pool that is used; its own types describe Kysely's needs less exactly. */
interface RawPool {
  getConnection(callback: (error: unknown, connection: RawConnection) => void): void;
  end(callback: (error: unknown) => void): void;
}
interface RawConnection {
  readonly config: object;
  readonly threadId: number;
  connect(): void;
  destroy(): void;
  release(): void;
  query(options: object, callback?: Callback): ReturnType<MysqlPoolConnection["query"]>;
}

function withDeadlines(pool: unknown, timeout: number): MysqlPool {
  const raw = pool as RawPool;
  const wrapped = new WeakMap<RawConnection, MysqlPoolConnection>();
  const bounded = (connection: RawConnection): MysqlPoolConnection => {
    const known = wrapped.get(connection) ?? withDeadline(connection, timeout);
    wrapped.set(connection, known);
    return known;
  };
  return {
    end: (callback) => raw.end(callback),
    getConnection(callback) {
      const fail = (error: unknown) => callback(error, undefined as never);
      let waiting = true;
      // Waiting for a free connection is bounded as well, or a queue of 200 waits its turn in tens.
      const timer = setTimeout(() => {
        waiting = false;
        fail(new NoConnectionError(timeout));
      }, timeout || FOR_EVER_MS);
      raw.getConnection((error, connection) => {
        clearTimeout(timer);
        if (!waiting) return connection?.release();
        return error ? fail(error) : callback(undefined, bounded(connection));
      });
    },
  };
}

class NoConnectionError extends Error {
  readonly code = "ETIMEDOUT";
  constructor(timeout: number) {
    super(`no database connection was free within ${timeout} ms`);
  }
}

function withDeadline(connection: RawConnection, timeout: number): MysqlPoolConnection {
  return {
    config: connection.config,
    threadId: connection.threadId,
    connect: () => connection.connect(),
    destroy: () => connection.destroy(),
    release: () => connection.release(),
    query(text, values: unknown, callback) {
      const options = { sql: text, values, ...(timeout > 0 ? { timeout } : {}) };
      if (callback === undefined) return connection.query(options);
      return connection.query(options, (error: unknown, result) => {
        // The answer may still arrive, for a question nobody asks any more: never reuse the connection.
        if ((error as { code?: string } | null)?.code === "PROTOCOL_SEQUENCE_TIMEOUT") {
          connection.destroy();
        }
        callback(error, result);
      });
    },
  };
}

/** GET_LOCK belongs to a connection and goes with it, so a migration that dies frees the others. */
async function withNamedLock<DB, T>(
  kysely: Kysely<DB>,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  const lockName = name.slice(0, 64);
  return kysely.connection().execute(async (connection) => {
    const { rows } = await sql<{ locked: number | null }>`
      select get_lock(${lockName}, ${LOCK_SECONDS}) as locked`.execute(connection);
    if (rows[0]?.locked !== 1) {
      throw new Error(
        `another migration holds the lock ${lockName}; waited ${LOCK_SECONDS} seconds`,
      );
    }
    try {
      return await work();
    } finally {
      await sql`select release_lock(${lockName})`.execute(connection);
    }
  });
}
