// The code of a thread that runs SQL statements. It opens the database file at the first question. When the file cannot
// be opened, the thread answers with an error and keeps running.
import { parentPort, workerData } from "node:worker_threads";
import { Connection } from "./connection.ts";
import type { Answer, Failure, Question, ThreadData } from "./protocol.ts";

/** A Uint8Array of at least this many bytes is transferred to the main thread instead of copied. */
const LARGE_BYTES = 4096;

let connection: Connection | undefined;

parentPort?.on("message", (question: Question | "close") => {
  if (question === "close") {
    connection?.close();
    parentPort?.close();
    return;
  }
  const answer = answerTo(question);
  parentPort?.postMessage(answer, "result" in answer ? largeBytes(answer.result.rows) : []);
});

function answerTo(question: Question): Answer {
  try {
    connection ??= new Connection(workerData as ThreadData);
    const result = connection.answer(question);
    return { inTransaction: connection.inTransaction, result };
  } catch (error) {
    return { inTransaction: connection?.inTransaction ?? false, failure: failure(error) };
  }
}

function failure(error: unknown): Failure {
  const { message, code, errcode, errstr } = error as Failure;
  return { message, code, errcode, errstr };
}

function largeBytes(rows: readonly unknown[]): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  for (const row of rows) {
    for (const value of Object.values(row as object)) {
      if (!(value instanceof Uint8Array) || value.byteLength < LARGE_BYTES) continue;
      if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
    }
  }
  return [...found];
}
