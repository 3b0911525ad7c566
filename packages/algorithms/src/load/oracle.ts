// Loads that no real balancer can know: the number of requests that are really on a server, and the work left on it.
// For the laboratory only.
import type { PickServer } from "../picker.ts";
import type { Load } from "./load.ts";

/** A server of the simulator that shows its true state. */
export interface OracleServer extends PickServer {
  /** Requests on the server from all balancers, waiting or in service. */
  readonly trueInFlight: number;
  /** How many milliseconds from now the server would be idle if no further request came. */
  readonly remainingWorkMs: number;
}

/** A load that keeps no state: it reads the numbers that the server shows. */
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
