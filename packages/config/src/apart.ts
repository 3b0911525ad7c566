// Loads a file in a thread that ends afterwards. The schema, zod and the YAML parser take 10 MB of a thread's heap for as long
// as the thread lives, and a balancer needs them only at its start and for a reload. The thread that asked goes on
// meanwhile: at the start it loads its other modules, and during a reload it checks servers and answers the operator.
import type { Worker } from "node:worker_threads";
import { ConfigError, type ConfigProblem } from "./problem.ts";
import type { LoadedBox } from "./this-box.ts";

export { ConfigError };

export interface LoadingRequest {
  readonly file: string;
  /** The box that the process runs as; undefined when the file or the host name says it. */
  readonly box: string | undefined;
  readonly hostname: string;
}

export type LoadingAnswer =
  | { readonly loaded: LoadedBox }
  | { readonly problems: readonly ConfigProblem[] };

/** Starts a thread from the module `entry`; `startThread` of @tandem/transport does. */
export type StartThread = (entry: URL, options: { readonly workerData: unknown }) => Worker;

const ENTRY = new URL("./loading-thread.ts", import.meta.url);

/**
 * Does what `loadForBox` does, in a thread of its own. Rejects with a ConfigError that names all problems of the file,
 * or with the error that ended the thread.
 */
export function loadForBoxApart(
  request: LoadingRequest,
  startThread: StartThread,
): Promise<LoadedBox> {
  return new Promise((resolve, reject) => {
    const thread = startThread(ENTRY, { workerData: request });
    thread.on("message", (answer: LoadingAnswer) => {
      if ("loaded" in answer) resolve(answer.loaded);
      else reject(new ConfigError(answer.problems));
    });
    thread.on("error", reject);
    // After an answer this has no effect.
    thread.on("exit", () =>
      reject(new Error(`${request.file}: the thread that reads it ended without an answer`)),
    );
  });
}
