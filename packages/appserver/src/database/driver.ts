// Kysely's driver for SQLite and MySQL. Each of them supplies its own sessions (connections in use). They share the
// code here: the statements of a transaction, and the rule that a failed rollback never hides the error that led to
// it.
import {
  CompiledQuery,
  createQueryId,
  type DatabaseConnection,
  type Driver,
  IdentifierNode,
  type QueryCompiler,
  RawNode,
  type TransactionSettings,
} from "kysely";

/** A connection to a database, from the moment when Kysely acquires the connection until Kysely releases it. */
export interface DatabaseSession extends DatabaseConnection {
  begin(settings: TransactionSettings): Promise<void>;
  /**
   * Gives the connection back. An open transaction, variables and locks are removed before the connection is used
   * again.
   */
  release(): void;
}

export interface DatabaseSessions {
  open(): Promise<DatabaseSession>;
  close(): Promise<void>;
}

export class SessionDriver implements Driver {
  readonly #sessions: DatabaseSessions;

  constructor(sessions: DatabaseSessions) {
    this.#sessions = sessions;
  }

  async init(): Promise<void> {
    // This method is empty, because nothing connects before the first query.
  }

  acquireConnection(): Promise<DatabaseSession> {
    return this.#sessions.open();
  }

  beginTransaction(session: DatabaseSession, settings: TransactionSettings): Promise<void> {
    return session.begin(settings);
  }

  async commitTransaction(session: DatabaseSession): Promise<void> {
    await session.executeQuery(CompiledQuery.raw("commit"));
  }

  /**
   * Rolls back, and never rejects. When the connection is lost, the database rolls the transaction back by itself. The
   * caller already has the error that caused the rollback.
   */
  async rollbackTransaction(session: DatabaseSession): Promise<void> {
    await session.executeQuery(CompiledQuery.raw("rollback")).catch(() => undefined);
  }

  savepoint(
    session: DatabaseSession,
    name: string,
    compile: QueryCompiler["compileQuery"],
  ): Promise<void> {
    return run(session, "savepoint", name, compile);
  }

  rollbackToSavepoint(
    session: DatabaseSession,
    name: string,
    compile: QueryCompiler["compileQuery"],
  ): Promise<void> {
    return run(session, "rollback to", name, compile);
  }

  releaseSavepoint(
    session: DatabaseSession,
    name: string,
    compile: QueryCompiler["compileQuery"],
  ): Promise<void> {
    return run(session, "release savepoint", name, compile);
  }

  async releaseConnection(session: DatabaseSession): Promise<void> {
    session.release();
  }

  destroy(): Promise<void> {
    return this.#sessions.close();
  }
}

async function run(
  session: DatabaseSession,
  command: string,
  name: string,
  compile: QueryCompiler["compileQuery"],
): Promise<void> {
  const node = RawNode.createWithChildren([
    RawNode.createWithSql(`${command} `),
    IdentifierNode.create(name),
  ]);
  await session.executeQuery(compile(node, createQueryId()));
}

/**
 * Adds the caller's stack to `error` and returns `error`. The driver's own stack begins at a socket
 * and does not name the caller. Call this function after an `await`. Before an `await`, V8 does not
 * list the async functions that wait for the result.
 */
export function withCallers(error: unknown): unknown {
  if (error instanceof Error) {
    const callers = new Error().stack?.split("\n").slice(2) ?? [];
    error.stack = [error.stack, ...callers].join("\n");
  }
  return error;
}
