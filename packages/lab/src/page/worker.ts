// Runs the simulator in a worker, off the main thread, so that the page stays responsive.
import "./no-eval.ts";

import "./own.ts";

import type { Answer, Order } from "./run/protocol.ts";
import { Runner } from "./run/runner.ts";

/**
 * The part of a worker's global scope that is used here. The type library that the page is compiled with describes a
 * window and no worker.
 */
interface WorkerScope {
  onmessage: ((event: MessageEvent<Order>) => void) | null;
  postMessage(answer: Answer): void;
}

const scope = globalThis as unknown as WorkerScope;
const runner = new Runner();
scope.onmessage = ({ data }) => scope.postMessage(runner.obey(data));
