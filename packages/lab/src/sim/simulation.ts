// One run of a scenario with an algorithm and a seed. The function `simulate` runs to the end. An
// object `Simulation` can be run in steps, for animation. Both work in a browser and in Node.

import { type CheckOptions, refuseUnsound } from "../schema/check.ts";
import { addedMs } from "./added-time.ts";
import { Agenda } from "./agenda.ts";
import type { Parameters } from "./algorithms.ts";
import { AttemptTable } from "./attempt-table.ts";
import { startFaults } from "./faults.ts";
import { startFeedback } from "./feedback.ts";
import { Fleet } from "./fleet.ts";
import { startHealth } from "./health.ts";
import { unstableLoad } from "./load.ts";
import { endOfRun } from "./measure-times.ts";
import { Meter } from "./meter.ts";
import type { Model } from "./model.ts";
import { Requests } from "./requests.ts";
import { type Result, resultOf } from "./result.ts";
import type { Scenario, ServerGroup } from "./scenario.ts";
import { MODE_NAMES, Servers } from "./servers.ts";
import { type StationOptions, Stations } from "./stations.ts";
import { Stream } from "./stream.ts";
import type { Tap } from "./tap.ts";
import { startTraffic } from "./traffic.ts";

export interface SimulationOptions extends CheckOptions {
  readonly algorithm: string;
  readonly parameters?: Parameters;
  /** The seed of the random numbers. Default 1. */
  readonly seed?: number;
  readonly tap?: Tap;
}

/** The state of a server at one moment. */
export interface ServerSnapshot {
  readonly name: string;
  readonly zone: number;
  /** The number of requests on the server, in service and waiting. */
  readonly depth: number;
  readonly served: number;
  /** The server's condition: "up", "refusing", "silent", "black hole" or "paused". */
  readonly state: string;
  /** The present speed: the configured speed of the server, reduced by the faults that slow it. */
  readonly speed: number;
  /** The share of the balancers that would send requests to the server, 0 to 1. */
  readonly listed: number;
}

export interface Snapshot {
  readonly timeMs: number;
  readonly servers: readonly ServerSnapshot[];
  readonly arrived: number;
  readonly inFlight: number;
}

export class Simulation {
  readonly scenario: Scenario;
  readonly algorithm: string;
  readonly seed: number;
  readonly #parameters: Parameters;
  readonly #model: Model;
  readonly #unstable: number | undefined;

  /**
   * Throws a ScenarioError, which names place, value and expectation, for a scenario, an algorithm or parameters that
   * are not right.
   */
  constructor(
    scenario: Scenario,
    { algorithm, parameters = {}, seed = 1, tap, anySize = false }: SimulationOptions,
  ) {
    refuseUnsound(scenario, { algorithm, parameters }, { anySize });
    this.scenario = scenario;
    this.algorithm = algorithm;
    this.seed = seed;
    this.#parameters = parameters;
    this.#unstable = unstableLoad(scenario);
    const { model, requests } = build(scenario, { algorithm, parameters, seed }, tap);
    this.#model = model;
    startMembership(model);
    model.fleet.update();
    startFaults(model, requests);
    startHealth(model, requests);
    startFeedback(model, requests);
    startTraffic(model, requests);
  }

  get now(): number {
    return this.#model.agenda.now;
  }

  /**
   * Returns the virtual time at which the run ends. This is the end of the arrivals plus the time that requests under
   * way may take to finish.
   */
  get endMs(): number {
    return endOfRun(this.scenario);
  }

  /** Runs all events up to and including `time`, but not beyond the end of the run. */
  runUntil(time: number): void {
    this.#model.agenda.run(Math.min(time, this.endMs));
  }

  /** Returns the pickers, one per balancer, so that a figure can show their state (a ring, a probe pool). */
  get pickers(): readonly object[] {
    return this.#model.fleet.balancers.map(({ picker }) => picker);
  }

  snapshot(): Snapshot {
    const { agenda, attempts, stations, servers, fleet, meter } = this.#model;
    return {
      timeMs: agenda.now,
      arrived: meter.arrivedAll,
      inFlight: attempts.used,
      servers: Array.from({ length: servers.count }, (_, server) => {
        const views = fleet.viewsOf(server);
        const listed = views.filter((view) => view.listed);
        const mode = servers.mode[server] as number;
        return {
          name: `s${server}`,
          zone: servers.zone[server] as number,
          depth: stations.depth[server] as number,
          served: stations.served[server] as number,
          state: mode === 0 && servers.paused(server) ? "paused" : (MODE_NAMES[mode] ?? "up"),
          speed: stations.speed(server),
          listed: views.length === 0 ? 0 : listed.length / views.length,
        };
      }),
    };
  }

  /** Returns the results up to now. */
  result(): Result {
    const { algorithm, seed } = this;
    const unstable = this.#unstable;
    const run = { algorithm, parameters: this.#parameters, seed };
    return resultOf(this.#model, { ...run, ...(unstable !== undefined && { unstable }) });
  }
}

/** Runs a scenario to the end and returns the results. */
export function simulate(scenario: Scenario, options: SimulationOptions): Result {
  const simulation = new Simulation(scenario, options);
  simulation.runUntil(simulation.endMs);
  return simulation.result();
}

function build(
  scenario: Scenario,
  choice: { readonly algorithm: string; readonly parameters: Parameters; readonly seed: number },
  tap: Tap | undefined,
): { model: Model; requests: Requests } {
  const groups = scenario.servers.flatMap((group) => Array<ServerGroup>(group.count).fill(group));
  const agenda = new Agenda();
  const attempts = new AttemptTable();
  const done = (slot: number, server: number) => requests.done(slot, server);
  const stations = new Stations(agenda, attempts, groups.map(stationOf), done);
  const truth = {
    depth: (server: number) => stations.depth[server] as number,
    addedMs: (server: number) =>
      addedMs(stations, attempts, server, attempts.demand[requests.picking] as number),
  };
  const { rttMs = 0, crossZoneMs = 0 } = scenario.network ?? {};
  const servers = new Servers(agenda, attempts, stations, groups, scenario);
  const model: Model = {
    scenario,
    groups,
    agenda,
    attempts,
    stations,
    servers,
    fleet: new Fleet(agenda, scenario, groups, choice, truth),
    meter: new Meter(agenda, attempts, stations, scenario),
    tap,
    stream: (purpose) => new Stream(choice.seed, purpose),
    oneWayMs: (zone, server) =>
      zone === servers.zone[server] ? rttMs / 2 : (rttMs + crossZoneMs) / 2,
  };
  const requests = new Requests(model);
  return { model, requests };
}

function stationOf(group: ServerGroup): StationOptions {
  return {
    workers: group.workers ?? 1,
    sharing: group.discipline === "sharing",
    speed: group.speed ?? 1,
    queueLimit: group.queueLimit ?? Number.POSITIVE_INFINITY,
  };
}

function startMembership(model: Model): void {
  const { agenda, fleet, groups, tap } = model;
  for (const [server, { joinsAtMs = 0 }] of groups.entries()) {
    if (joinsAtMs <= 0) continue;
    agenda.call(joinsAtMs, () => {
      for (const view of fleet.viewsOf(server)) {
        view.joined = true;
        view.standing.upSinceMs = agenda.now;
      }
      tap?.state?.(agenda.now, server, "joined");
      fleet.update();
    });
  }
}
