// The thread that loads one file: it answers once, with the configuration or with the problems of the file.
import { parentPort, workerData } from "node:worker_threads";
import type { LoadingAnswer, LoadingRequest } from "./apart.ts";
import { ConfigError } from "./problem.ts";
import { loadForBox } from "./this-box.ts";

function load({ file, box, hostname }: LoadingRequest): LoadingAnswer {
  try {
    return { loaded: loadForBox(file, box, hostname) };
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.problems };
    throw error;
  }
}

parentPort?.postMessage(load(workerData));
