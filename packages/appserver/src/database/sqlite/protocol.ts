// What is said between the event loop and a thread that runs statements: one question, one answer.

/** Asks a thread for something; it answers each in turn. */
export type Question =
  | { readonly ask: "run"; readonly sql: string; readonly parameters: readonly unknown[] }
  /** Begins to read rows; `more` hands them on. */
  | { readonly ask: "read"; readonly sql: string; readonly parameters: readonly unknown[] }
  | { readonly ask: "more"; readonly rows: number }
  /** Forgets the rows that were not asked for. */
  | { readonly ask: "enough" };

/** What a thread is started with. */
export interface ThreadData {
  readonly path: string;
  /** A thread that only reads refuses everything else. */
  readonly writes: boolean;
  /** How long a statement waits for another process that writes. */
  readonly busyMs: number;
}

export interface Result {
  readonly rows: readonly unknown[];
  /** Absent where the statement has rows. */
  readonly changes?: bigint;
  readonly insertId?: bigint;
}

/** An error of SQLite, as far as a message can carry one. */
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
