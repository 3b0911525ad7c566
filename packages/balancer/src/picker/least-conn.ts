// Least connections: the fewest requests in flight per unit of weight, compared by cross-multiplication
// as nginx does (ngx_http_upstream_least_conn_module.c). It counts requests, not sockets.
// Ties are broken at random by reservoir: with the lowest index instead, many independent balancers
// would all rush to the same server.
import type { PickContext, Picker, PickerEnvironment, PickServer } from "./picker.ts";
import type { PickReason } from "./reason.ts";

export class LeastConn<S extends PickServer> implements Picker<S> {
  readonly #rng: PickerEnvironment["rng"];
  #servers: readonly S[] = [];
  why: PickReason = "none";

  constructor({ rng }: PickerEnvironment) {
    this.#rng = rng;
  }

  update(servers: readonly S[]): void {
    this.#servers = servers;
  }

  pick({ tried }: PickContext<S>): S | undefined {
    let best: S | undefined;
    let bestLoad = 0;
    let bestWeight = 1;
    let ties = 1;
    for (const server of this.#servers) {
      if (!server.usable || tried.includes(server)) continue;
      const load = server.inFlight;
      const difference = load * bestWeight - bestLoad * server.weight;
      if (best === undefined || difference < 0) ties = 1;
      else if (difference > 0 || this.#rng() * ++ties >= 1) continue;
      best = server;
      bestLoad = load;
      bestWeight = server.weight;
    }
    this.why = best === undefined ? "none" : ties > 1 ? "tie" : "first-choice";
    return best;
  }
}
