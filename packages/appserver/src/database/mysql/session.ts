// A pooled connection while a request uses it. Values are sent apart from the statement's text, so no setting of the
// server can turn a value into SQL. A statement that gets no answer in time is killed at the server. The server's
// answer to the killed statement tells whether the statement had any effect.
import { type Clock, pause } from "@tandem/transport";
import { CompiledQuery, type QueryResult, type TransactionSettings } from "kysely";
import type { FieldPacket, QueryError, ResultSetHeader } from "mysql2";
import { type DatabaseSession, withCallers } from "../driver.ts";
import { OutcomeUnknownError } from "../outcome.ts";
import { commits, effectUnknown, leavesTraces } from "../statement.ts";
import type { Answer, RawConnection, Running, Statement } from "./raw.ts";
import { insertedKey, integerColumns, restoreIntegers, toSend } from "./values.ts";

/**
 * How many milliseconds after the server's own time limit this process kills a statement. The kill is needed when the
 * server has no limit for the statement, or does not answer at all.
 */
const GRACE_MS = 500;
/**
 * How many milliseconds to wait for the server's answer to a statement after the statement was
 * killed.
 */
const LAST_WORD_MS = 1000;
/** The bit SERVER_STATUS_IN_TRANS in the status of an answer of MySQL: a transaction is open. */
const IN_TRANSACTION = 1;
const NEVER_SENT = /in closed state|after fatal error/i;
/** The error codes with which the server ends a connection, whatever statement runs on it. */
const KILLED = new Set(["ER_CONNECTION_KILLED", "ER_SERVER_SHUTDOWN", "ER_NORMAL_SHUTDOWN"]);

/** The error of a statement that the server did not answer in time, not even after the kill. */
class NoAnswerError extends Error {
  readonly code = "ETIMEDOUT";
  constructor(timeoutMs: number) {
    super(`the database did not answer within ${timeoutMs} ms`);
  }
}

interface Answered {
  readonly result: unknown;
  readonly fields: readonly FieldPacket[];
}

export interface SessionOptions {
  /** How many milliseconds a statement may take. 0 = no limit. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Ends the statement that runs on the connection with the number `threadId`. Never rejects. */
  kill(threadId: number): Promise<void>;
  /**
   * Takes the connection back into the pool. With `spent`, the connection is closed instead. With `touched`, the
   * connection is reset first.
   */
  giveBack(raw: RawConnection, state: { readonly spent: boolean; readonly touched: boolean }): void;
}

export class MysqlSession implements DatabaseSession {
  readonly #raw: RawConnection;
  readonly #options: SessionOptions;
  #inTransaction = false;
  #touched = false;
  #spent = false;
  #running = 0;

  constructor(raw: RawConnection, options: SessionOptions) {
    this.#raw = raw;
    this.#options = options;
  }

  async begin({ isolationLevel, accessMode }: TransactionSettings): Promise<void> {
    const parts = [isolationLevel && `isolation level ${isolationLevel}`, accessMode];
    const settings = parts.filter((part) => part !== undefined).join(", ");
    // SET TRANSACTION affects only the next transaction, so it is sent just before BEGIN.
    if (settings !== "") await this.executeQuery(CompiledQuery.raw(`set transaction ${settings}`));
    await this.executeQuery(CompiledQuery.raw("begin"));
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { result, fields } = await this.#answerTo(statementOf(sql, parameters));
    if (Array.isArray(result)) {
      const columns = integerColumns(fields);
      if (columns.length > 0) for (const row of result) restoreIntegers(row, columns);
      return { rows: result as R[] };
    }
    const { insertId, affectedRows, changedRows, serverStatus } = result as ResultSetHeader;
    this.#inTransaction = (serverStatus & IN_TRANSACTION) !== 0;
    const key = insertedKey(insertId);
    return {
      ...(key === undefined ? {} : { insertId: key }),
      numAffectedRows: BigInt(affectedRows),
      numChangedRows: BigInt(changedRows),
      rows: [],
    };
  }

  async *streamQuery<R>(
    { sql, parameters }: CompiledQuery,
    chunkSize: number,
  ): AsyncIterableIterator<QueryResult<R>> {
    const statement = statementOf(sql, parameters);
    this.#touched ||= leavesTraces(sql);
    this.#running += 1;
    let columns: readonly string[] = [];
    const running = this.#send(statement);
    running.on("fields", (fields) => {
      columns = integerColumns(fields);
    });
    for await (const row of running.stream({ highWaterMark: chunkSize || 1 })) {
      yield { rows: [restoreIntegers(row, columns) as R] };
    }
    // When the reader stops early, this line is not reached, and `#running` stays above 0. Rows are then still
    // arriving, so `release` closes the connection.
    this.#running -= 1;
  }

  release(): void {
    const spent = this.#spent || this.#running > 0;
    this.#options.giveBack(this.#raw, { spent, touched: this.#touched || this.#inTransaction });
  }

  #send(statement: Statement, answer?: Answer): Running {
    return statement.values === undefined
      ? this.#raw.query(statement, answer)
      : this.#raw.execute(statement, answer);
  }

  async #answerTo(statement: Statement): Promise<Answered> {
    const { timeoutMs, clock } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<Answered>();
    const late = (): void => void this.#end(promise, reject);
    const timer = timeoutMs > 0 ? clock.after(timeoutMs + GRACE_MS, late) : undefined;
    this.#touched ||= leavesTraces(statement.sql);
    this.#running += 1;
    try {
      this.#send(statement, (error, result, fields) =>
        error === null ? resolve({ result, fields: fields ?? [] }) : reject(error),
      );
      return await promise;
    } catch (error) {
      throw withCallers(this.#explained(error, statement));
    } finally {
      timer?.cancel();
      this.#running -= 1;
    }
  }

  /**
   * Kills a statement that got no answer. The kill may arrive late and end the next statement on the connection
   * instead, so the connection is not used again.
   */
  async #end(answered: Promise<Answered>, fail: (error: Error) => void): Promise<void> {
    this.#spent = true;
    await this.#options.kill(this.#raw.threadId);
    const word = answered.then(
      () => true,
      () => true,
    );
    const silence = pause(this.#options.clock, LAST_WORD_MS).then(() => false);
    if (await Promise.race([word, silence])) return;
    // Destroys the socket without waiting for the server to close its side. After a broken cable the server would never
    // close it.
    this.#raw.stream.destroy();
    fail(new NoAnswerError(this.#options.timeoutMs));
  }

  #explained(error: unknown, { sql }: Statement): unknown {
    const { fatal, code = "", message = "" } = error as Partial<QueryError>;
    const lost = fatal === true || error instanceof NoAnswerError;
    if (lost) this.#spent = true;
    const unknown = lost ? !NEVER_SENT.test(message) : commits(sql) && KILLED.has(code);
    return unknown && effectUnknown(sql, this.#inTransaction)
      ? new OutcomeUnknownError(error)
      : error;
  }
}

function statementOf(sql: string, parameters: readonly unknown[]): Statement {
  return parameters.length === 0 ? { sql } : { sql, values: parameters.map(toSend) };
}
