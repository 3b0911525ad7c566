// Makes the metrics registry of one tier, on prom-client. Counters that are kept elsewhere (in shared memory, for
// example) are read only when the metrics are scraped. So nothing is counted twice, and requests copy no counters.
import { isMainThread } from "node:worker_threads";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import manifest from "../package.json" with { type: "json" };
import type { TierName } from "./options.ts";

/** A metric whose values come from a snapshot. */
export interface SnapshotDefinition {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge";
  readonly labels: readonly string[];
}

/** One value of a metric, with its labels. */
export type SnapshotRow = readonly [
  labels: Readonly<Record<string, string | number>>,
  value: number,
];

/** The rows of each metric, by metric name. A metric whose name is left out has no rows in this scrape. */
export type Snapshot = Readonly<Record<string, readonly SnapshotRow[]>>;

/**
 * Registers `definitions` and takes their values from `collect` at each scrape. `collect` is called
 * once per scrape, however many metrics it fills; it must not throw. A row is left out when its
 * value is not finite, or when it is below zero and the metric is a counter.
 */
export function defineSnapshotMetrics(
  registry: Registry,
  definitions: readonly SnapshotDefinition[],
  collect: () => Snapshot,
): void {
  let snapshot: Snapshot | undefined;
  // prom-client starts the collect functions of one scrape in the same tick, so all of them use the snapshot that the
  // first one takes.
  const current = (): Snapshot => {
    if (snapshot === undefined) {
      snapshot = collect();
      queueMicrotask(() => {
        snapshot = undefined;
      });
    }
    return snapshot;
  };
  for (const { name, help, type, labels } of definitions) {
    const options = { name, help, labelNames: labels, registers: [registry] };
    const rows = (): readonly SnapshotRow[] => current()[name] ?? [];
    if (type === "counter") {
      new Counter({
        ...options,
        collect() {
          this.reset();
          for (const [values, value] of rows()) {
            if (Number.isFinite(value) && value >= 0) this.inc(values, value);
          }
        },
      });
    } else {
      new Gauge({
        ...options,
        collect() {
          this.reset();
          for (const [values, value] of rows()) if (Number.isFinite(value)) this.set(values, value);
        },
      });
    }
  }
}

/**
 * The interval of the timer whose delay is measured for the metrics `nodejs_eventloop_lag_*`; they contain it. With
 * prom-client's default of 10 ms, waking up for this timer was most of what a balancer without traffic did.
 */
const LOOP_SAMPLE_MS = 100;

/**
 * Makes a registry with the running version (`tandem_build_info`) and, in a process's main thread, the metrics of the
 * process. Other threads leave the process metrics out, because they would report the same numbers again.
 */
export function createRegistry(tier: TierName): Registry {
  const registry = new Registry();
  new Gauge({
    name: "tandem_build_info",
    help: "The version that runs, as labels; always 1.",
    labelNames: ["version", "node", "tier", "box"],
    registers: [registry],
  }).set({ version: manifest.version, node: process.versions.node, ...tier }, 1);
  if (isMainThread)
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_SAMPLE_MS });
  return registry;
}
