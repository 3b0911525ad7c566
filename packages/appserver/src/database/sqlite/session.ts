// A session on SQLite. A read uses any free reading thread. At its first change or transaction that may write, the
// session takes the only writing thread, and keeps it until the session is released.
import {
  type CompiledQuery,
  type QueryResult,
  SelectQueryNode,
  type TransactionSettings,
} from "kysely";
import { type DatabaseSession, withCallers } from "../driver.ts";
import { OutcomeUnknownError } from "../outcome.ts";
import { effectUnknown, leavesTraces } from "../statement.ts";
import { LateError, type Lease } from "./lease.ts";
import type { Question, Result } from "./protocol.ts";
import { ThreadLostError } from "./thread.ts";

/** Lends the threads that run SQL statements. Both methods reject when no thread becomes free in time. */
export interface Threads {
  reader(): Promise<Lease>;
  writer(): Promise<Lease>;
}

const ASKS = /^[\s(]*(?:select|values|explain|with)\b/i;
const CHANGES = /\b(?:insert|update|delete|replace)\b/i;

/** Whether the statement only reads. False when unsure, because the writing thread can read as well. */
function onlyAsks({ query, sql }: CompiledQuery): boolean {
  return SelectQueryNode.is(query) || (ASKS.test(sql) && !CHANGES.test(sql));
}

export class SqliteSession implements DatabaseSession {
  readonly #threads: Threads;
  #held: Lease | undefined;
  #touched = false;

  constructor(threads: Threads) {
    this.#threads = threads;
  }

  /**
   * Begins a transaction. A transaction that may write begins with "begin immediate", which waits
   * until no other connection writes. After a plain "begin", a write that follows a read fails at
   * once if another connection has written in between (SQLITE_BUSY_SNAPSHOT).
   */
  async begin({ accessMode }: TransactionSettings): Promise<void> {
    const readOnly = accessMode === "read only";
    this.#held ??= await (readOnly ? this.#threads.reader() : this.#threads.writer());
    await this.#run(this.#held, readOnly ? "begin" : "begin immediate", []);
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, changes, insertId } = await this.#with(query, (lease) =>
      this.#run(lease, query.sql, query.parameters),
    );
    return {
      ...(changes === undefined ? {} : { numAffectedRows: changes }),
      ...(insertId === undefined ? {} : { insertId }),
      rows: rows as R[],
    };
  }

  async *streamQuery<R>(
    query: CompiledQuery,
    chunkSize: number,
  ): AsyncIterableIterator<QueryResult<R>> {
    const { sql, parameters } = query;
    const lease = this.#held ?? (await this.#take(query));
    const count = chunkSize || 1;
    try {
      await this.#ask(lease, { ask: "read", sql, parameters }, sql);
      for (;;) {
        const { rows } = await this.#ask(lease, { ask: "more", rows: count }, sql);
        if (rows.length > 0) yield { rows: rows as R[] };
        if (rows.length < count) return;
      }
    } finally {
      await lease.ask({ ask: "enough" }).catch(() => undefined);
      if (lease !== this.#held) lease.release(false);
    }
  }

  release(): void {
    this.#held?.release(this.#touched);
    this.#held = undefined;
  }

  /**
   * Runs `work` on the thread that the session holds. If the session holds no thread, a statement that only reads
   * borrows a reading thread. Any other statement takes the writing thread, which the session then holds.
   */
  async #with<T>(query: CompiledQuery, work: (lease: Lease) => Promise<T>): Promise<T> {
    if (this.#held !== undefined) return work(this.#held);
    const lease = await this.#take(query);
    if (lease === this.#held) return work(lease);
    try {
      return await work(lease);
    } finally {
      lease.release(false);
    }
  }

  async #take(query: CompiledQuery): Promise<Lease> {
    if (onlyAsks(query)) return this.#threads.reader();
    this.#held = await this.#threads.writer();
    return this.#held;
  }

  #run(lease: Lease, sql: string, parameters: readonly unknown[]): Promise<Result> {
    this.#touched ||= leavesTraces(sql);
    return this.#ask(lease, { ask: "run", sql, parameters }, sql);
  }

  async #ask(lease: Lease, question: Question, sql: string): Promise<Result> {
    const { inTransaction } = lease;
    try {
      return await lease.ask(question);
    } catch (error) {
      const lost = error instanceof LateError || error instanceof ThreadLostError;
      const unknown = lost && effectUnknown(sql, inTransaction);
      throw withCallers(unknown ? new OutcomeUnknownError(error) : error);
    }
  }
}
