// A balancer in a thread of its own that reports how much of its heap is in use. The test runner keeps records of every
// handle in the thread that it runs in, and these records would be measured too. So the balancer gets another thread.
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { type BalancerOptions, createBalancer } from "../src/index.ts";

/**
 * The options that the thread is started with. The thread answers every message with a `Measured`.
 */
export type MeasuredOptions = BalancerOptions;
export interface Measured {
  readonly port: number;
  /** The bytes of the heap in use after a full collection. */
  readonly heapInUse: number;
}

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");
const options: MeasuredOptions = workerData;
const balancer = await createBalancer(options).start();

parentPort?.on("message", () => {
  collect();
  collect(); // for objects that only the first collection made unreachable
  const answer: Measured = {
    port: balancer.port(),
    heapInUse: getHeapStatistics().used_heap_size,
  };
  parentPort?.postMessage(answer);
});
