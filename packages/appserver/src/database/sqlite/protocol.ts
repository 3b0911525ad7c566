// The messages between the event loop and a thread that runs statements. Each question gets one answer.

/** A question to a thread. The thread answers its questions in turn. */
export type Question =
  | { readonly ask: "run"; readonly sql: string; readonly parameters: readonly unknown[] }
  /** Begins to read rows. The question `more` then fetches the rows. */
  | { readonly ask: "read"; readonly sql: string; readonly parameters: readonly unknown[] }
  | { readonly ask: "more"; readonly rows: number }
  /** Discards the rows that were not fetched. */
  | { readonly ask: "enough" };

/** The settings with which a thread is started. */
export interface ThreadData {
  readonly path: string;
  /** Whether the thread may write. If false, the thread refuses every statement that changes something. */
  readonly writes: boolean;
  /** How many milliseconds a statement waits for another process that writes. */
  readonly busyMs: number;
}

export interface Result {
  readonly rows: readonly unknown[];
  /** How many rows the statement has changed. Absent when the statement returns rows. */
  readonly changes?: bigint;
  readonly insertId?: bigint;
}

/** The parts of a SQLite error that the thread sends to the event loop, which makes an Error of them again. */
export interface Failure {
  readonly message: string;
  readonly code?: string | undefined;
  readonly errcode?: number | undefined;
  readonly errstr?: string | undefined;
}

export type Answer = { readonly inTransaction: boolean } & (
  | { readonly result: Result }
  | { readonly failure: Failure }
);
