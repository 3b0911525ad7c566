// A balancer in a thread of its own that says how much of its heap is in use. Of its own, because the
// test runner follows every handle of its thread with records that would be counted too.
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { type BalancerOptions, createBalancer } from "../src/index.ts";

/** Given to it, and what it answers to every message. */
export type MeasuredOptions = BalancerOptions;
export interface Measured {
  readonly port: number;
  /** Bytes, after a full collection. */
  readonly heapInUse: number;
}

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");
const options: MeasuredOptions = workerData;
const balancer = await createBalancer(options).start();

parentPort?.on("message", () => {
  collect();
  collect(); // what the first only made unreachable
  const answer: Measured = {
    port: balancer.port(),
    heapInUse: getHeapStatistics().used_heap_size,
  };
  parentPort?.postMessage(answer);
});
