// The worker's shell: the simulator off the main thread, so that the page stays responsive.
import type { Answer, Order } from "./run/protocol.ts";
import { Runner } from "./run/runner.ts";

/** The part of a worker's global scope that is used here; the page's type library describes a window instead. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<Order>) => void) | null;
  postMessage(answer: Answer): void;
}

const scope = globalThis as unknown as WorkerScope;
const runner = new Runner();
scope.onmessage = ({ data }) => scope.postMessage(runner.obey(data));
