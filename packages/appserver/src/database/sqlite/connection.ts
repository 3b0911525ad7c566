// One connection to a SQLite file. It keeps the statements that it has prepared. It runs in a thread of its own,
// because a call returns only when the disk has answered and other processes that write have released their locks.
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { Question, Result, ThreadData } from "./protocol.ts";

const MOST_STATEMENTS = 200;

export class Connection {
  readonly #database: DatabaseSync;
  /** The prepared statements by their text, the least recently used first. */
  readonly #statements = new Map<string, StatementSync>();
  #reading: Iterator<unknown> | undefined;

  constructor({ path, writes, busyMs }: ThreadData) {
    this.#database = new DatabaseSync(path, { timeout: busyMs });
    // The write-ahead log is a property of the file. The connection that writes turns it on, and the connections that
    // read then use it too.
    const pragmas = writes
      ? ["journal_mode = WAL", "foreign_keys = ON", "synchronous = NORMAL"]
      : ["query_only = ON"];
    for (const pragma of pragmas) this.#database.exec(`pragma ${pragma}`);
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  answer(question: Question): Result {
    if (question.ask === "run") return this.#run(question.sql, values(question.parameters));
    if (question.ask === "read") {
      const statement = this.#prepare(question.sql);
      statement.setReadBigInts(true);
      this.#reading = statement.iterate(...values(question.parameters));
      return { rows: [] };
    }
    if (question.ask === "more") return { rows: this.#more(question.rows) };
    this.#reading?.return?.();
    this.#reading = undefined;
    return { rows: [] };
  }

  close(): void {
    this.#database.close();
  }

  #run(sql: string, parameters: readonly SQLInputValue[]): Result {
    const statement = this.#prepare(sql);
    if (statement.columns().length > 0) return { rows: allRows(statement, sql, parameters) };
    statement.setReadBigInts(true);
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { rows: [], changes: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  #more(count: number): unknown[] {
    const rows: unknown[] = [];
    while (rows.length < count) {
      const next = this.#reading?.next();
      if (next === undefined || next.done === true) break;
      rows.push(narrowed(next.value));
    }
    return rows;
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.delete(sql);
    this.#statements.set(sql, known);
    const [oldest] = this.#statements.keys();
    if (this.#statements.size > MOST_STATEMENTS && oldest !== undefined)
      this.#statements.delete(oldest);
    return known;
  }
}

function values(parameters: readonly unknown[]): readonly SQLInputValue[] {
  return parameters as readonly SQLInputValue[];
}

const CHANGES = /^\s*(?!select\b)/i;

/**
 * Runs a statement and returns its rows, with integers as numbers. When a row of a query holds an
 * integer beyond 2^53, node:sqlite throws, and the query is run again with bigints. A statement
 * that changes rows must not run twice, so it uses bigints from the start.
 */
function allRows(
  statement: StatementSync,
  sql: string,
  parameters: readonly SQLInputValue[],
): readonly unknown[] {
  if (!CHANGES.test(sql)) {
    try {
      statement.setReadBigInts(false);
      return statement.all(...parameters);
    } catch (error) {
      if ((error as { code?: unknown }).code !== "ERR_OUT_OF_RANGE") throw error;
    }
  }
  statement.setReadBigInts(true);
  return statement.all(...parameters).map(narrowed);
}

/** Returns the row with numbers in place of bigints, wherever a number holds the integer exactly. */
function narrowed(row: unknown): unknown {
  const fields = row as Record<string, unknown>;
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === "bigint" && Number.isSafeInteger(Number(value)))
      fields[name] = Number(value);
  }
  return fields;
}
