// Kysely's driver for both engines. An engine gives sessions; what a transaction is made of, and that
// its failures stay the ones that count, is the same for both.
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

/** One conversation with a database, from when Kysely takes it until it is released. */
export interface Session extends DatabaseConnection {
  begin(settings: TransactionSettings): Promise<void>;
  /** Gives it back. The next user finds no trace: no transaction, variable or lock. */
  release(): void;
}

export interface Sessions {
  open(): Promise<Session>;
  close(): Promise<void>;
}

export class SessionDriver implements Driver {
  readonly #sessions: Sessions;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
  }

  async init(): Promise<void> {
    // Nothing is connected before the first query.
  }

  acquireConnection(): Promise<Session> {
    return this.#sessions.open();
  }

  beginTransaction(session: Session, settings: TransactionSettings): Promise<void> {
    return session.begin(settings);
  }

  async commitTransaction(session: Session): Promise<void> {
    await session.executeQuery(CompiledQuery.raw("commit"));
  }

  /** Never rejects: a database that cannot be told has rolled back already, and why it failed is known. */
  async rollbackTransaction(session: Session): Promise<void> {
    await session.executeQuery(CompiledQuery.raw("rollback")).catch(() => undefined);
  }

  savepoint(session: Session, name: string, compile: QueryCompiler["compileQuery"]): Promise<void> {
    return run(session, "savepoint", name, compile);
  }

  rollbackToSavepoint(
    session: Session,
    name: string,
    compile: QueryCompiler["compileQuery"],
  ): Promise<void> {
    return run(session, "rollback to", name, compile);
  }

  releaseSavepoint(
    session: Session,
    name: string,
    compile: QueryCompiler["compileQuery"],
  ): Promise<void> {
    return run(session, "release savepoint", name, compile);
  }

  async releaseConnection(session: Session): Promise<void> {
    session.release();
  }

  destroy(): Promise<void> {
    return this.#sessions.close();
  }
}

async function run(
  session: Session,
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

/** Adds to `error` who asked: a driver's own stack begins at a socket. Called after an await in the caller's chain. */
export function withCallers(error: unknown): unknown {
  if (error instanceof Error) {
    const callers = new Error().stack?.split("\n").slice(2) ?? [];
    error.stack = [error.stack, ...callers].join("\n");
  }
  return error;
}
