// The model that a simulation runs: the balancers, servers and requests, the planned events and the measurements. All
// parts of the simulator share this object.
import type { Agenda } from "./agenda.ts";
import type { AttemptTable } from "./attempt-table.ts";
import type { Fleet } from "./fleet.ts";
import type { Meter } from "./meter.ts";
import type { Scenario, ServerGroup } from "./scenario.ts";
import type { Servers } from "./servers.ts";
import type { Stations } from "./stations.ts";
import type { Stream } from "./stream.ts";
import type { Tap } from "./tap.ts";

export interface Model {
  readonly scenario: Scenario;
  /** For each server, by its index: the group of the scenario that the server belongs to. */
  readonly groups: readonly ServerGroup[];
  readonly agenda: Agenda;
  readonly attempts: AttemptTable;
  readonly stations: Stations;
  readonly servers: Servers;
  readonly fleet: Fleet;
  readonly meter: Meter;
  readonly tap: Tap | undefined;
  /**
   * Returns the stream of random numbers for one purpose. In every run with a given seed, a purpose gets the same
   * numbers.
   */
  stream(purpose: string): Stream;
  oneWayMs(balancerZone: number, server: number): number;
}
