// A load that no real balancer can know: the true number of requests on a server. Only the laboratory uses it.
import type { PickServer } from "../picker.ts";
import type { Load } from "./load.ts";

/** A server of the simulator that shows its true state. */
export interface OracleServer extends PickServer {
  /** Requests on the server from all balancers, waiting or in service. */
  readonly trueInFlight: number;
}

/** Keeps no state, because it reads its number from the server. */
export class TrueInFlight<S extends OracleServer> implements Load<S> {
  update(): void {}
  begin(): void {}

  of(_: number, server: S): number {
    return server.trueInFlight;
  }
}
