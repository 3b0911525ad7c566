// The part of mysql2 that is used, described as exactly as it is used.
import type { FieldPacket } from "mysql2";

export type Answer = (error: Error | null, result: unknown, fields: readonly FieldPacket[]) => void;

export interface Statement {
  readonly sql: string;
  readonly values?: readonly unknown[];
}

/** A statement that runs and hands on its rows one by one. */
export interface Running {
  on(event: "fields", listener: (fields: readonly FieldPacket[]) => void): unknown;
  stream(options: { readonly highWaterMark: number }): AsyncIterable<Record<string, unknown>>;
}

export interface RawConnection {
  readonly threadId: number;
  readonly stream: { destroy(): void };
  /** Sends text alone. */
  query(statement: Statement, answer?: Answer): Running;
  /** Sends text and values apart: prepared once per text and connection. */
  execute(statement: Statement, answer?: Answer): Running;
  on(event: "error", listener: (error: Error) => void): unknown;
  reset(answer: (error: Error | null) => void): void;
  release(): void;
  /** Closes it and takes it out of the pool. */
  destroy(): void;
}

export interface RawPool {
  getConnection(callback: (error: Error | null, connection: RawConnection) => void): void;
  end(callback: (error: Error | null) => void): void;
}
