// Types for the part of mysql2 that this folder uses. They are only as precise as this use requires.
import type { FieldPacket } from "mysql2";

export type Answer = (error: Error | null, result: unknown, fields: readonly FieldPacket[]) => void;

export interface Statement {
  readonly sql: string;
  readonly values?: readonly unknown[];
}

/** A running statement, which emits its rows one by one. */
export interface Running {
  on(event: "fields", listener: (fields: readonly FieldPacket[]) => void): unknown;
  stream(options: { readonly highWaterMark: number }): AsyncIterable<Record<string, unknown>>;
}

export interface RawConnection {
  readonly threadId: number;
  readonly stream: { destroy(): void };
  /** Sends a statement as one text, without separate values. */
  query(statement: Statement, answer?: Answer): Running;
  /** Sends the text and the values of a statement separately. Each connection prepares the text once. */
  execute(statement: Statement, answer?: Answer): Running;
  on(event: "error", listener: (error: Error) => void): unknown;
  reset(answer: (error: Error | null) => void): void;
  release(): void;
  /** Closes the connection and removes it from the pool. */
  destroy(): void;
}

export interface RawPool {
  getConnection(callback: (error: Error | null, connection: RawConnection) => void): void;
  end(callback: (error: Error | null) => void): void;
}
