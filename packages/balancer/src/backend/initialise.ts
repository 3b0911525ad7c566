// The state servers begin with, written once by the thread that owns the shared memory.
import type { BackendConfig } from "@tandem/config";
import { GAUGE, type SharedState } from "./shared-state.ts";

/** Every server up, as in HAProxy, with its configured weight. */
export function initialise(shared: SharedState, config: BackendConfig, firstServer: number): void {
  Object.values(config.servers).forEach((server, index) => {
    shared.setGauge(firstServer + index, GAUGE.weight, server.weight);
  });
  shared.changed();
}
