// A custom balancing algorithm. It picks the favourite server while that server is not busy, so that the server's
// caches stay warm. Otherwise it picks the server with the fewest requests in flight.
import type { PickContext, Picker, PickerEnvironment, PickServer } from "@tandem/balancer/pickers";

export function createPicker<S extends PickServer>(
  _environment: PickerEnvironment, // rng for chance, now for time, ticket for a number given out once
  { favourite, busyAt = 10 }: { readonly favourite?: string; readonly busyAt?: number },
): Picker<S> {
  let servers: readonly S[] = [];
  const picker: Picker<S> = {
    why: "none",
    update(list) {
      servers = list; // the servers that may be picked now, with weights
    },
    pick({ tried }: PickContext<S>) {
      let best: S | undefined;
      for (const server of servers) {
        if (!server.usable || tried.includes(server)) continue;
        if (server.name === favourite && server.inFlight < busyAt) {
          Object.assign(picker, { why: "first-choice" });
          return server;
        }
        if (best === undefined || server.inFlight < best.inFlight) best = server;
      }
      Object.assign(picker, { why: best === undefined ? "none" : "next" });
      return best;
    },
  };
  return picker;
}
