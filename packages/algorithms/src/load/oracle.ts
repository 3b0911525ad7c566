// Loads that no real balancer can know: the true number of requests on a server, and the work left
// on it. Only the laboratory uses these loads.
import type { PickServer } from "../picker.ts";
import type { Load } from "./load.ts";

/** A server of the simulator that shows its true state. */
export interface OracleServer extends PickServer {
  /** Requests on the server from all balancers, waiting or in service. */
  readonly trueInFlight: number;
  /** How many milliseconds from now the server would be idle if no further request came. */
  readonly remainingWorkMs: number;
}

/**
 * The base class of the loads in this file. They keep no state, because they read their number from
 * the server.
 */
class Shown {
  update(): void {}
  begin(): void {}
}

export class TrueInFlight<S extends OracleServer> extends Shown implements Load<S> {
  of(_: number, server: S): number {
    return server.trueInFlight;
  }
}

export class RemainingWork<S extends OracleServer> extends Shown implements Load<S> {
  of(_: number, server: S): number {
    return server.remainingWorkMs;
  }
}
