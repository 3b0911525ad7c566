// Starts the threads of a tier. In a clone and in an installed package, the module of a thread is a file. The single
// executable carries its modules inside itself, where `Worker` finds no file. There the thread starts with the loader
// of the executable, which imports the module.
import { getAsset, isSea } from "node:sea";
import { Worker, type WorkerOptions } from "node:worker_threads";

/** The name of the loader among the assets of the single executable. */
const LOADER = "loader.cjs";

/** Starts a thread that runs the module `entry`, a URL relative to `import.meta.url`. */
export function startThread(entry: URL, options: WorkerOptions = {}): Worker {
  if (!isSea()) return new Worker(entry, options);
  return new Worker(getAsset(LOADER, "utf8"), { ...options, eval: true, argv: [entry.href] });
}
