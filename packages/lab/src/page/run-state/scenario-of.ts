// Makes the scenario from the visitor's choices. This is a pure function: the same choices give the same scenario in
// the page, in a worker and in Node.
import { algorithmOf, type Traits } from "@tandem/balancer/pickers";
import type { Arrivals, Rate } from "../../sim/arrivals.ts";
import { compileDistribution, type Distribution } from "../../sim/distribution.ts";
import { capacity, loadOf } from "../../sim/load.ts";
import type { ClosedTraffic, OpenTraffic, Scenario, ServerGroup } from "../../sim/scenario.ts";
import { loadIsMeaningful, serverCount } from "./capacity.ts";
import { faultOf } from "./disturbances.ts";
import { presetOf, SANDBOX } from "./presets.ts";
import type { Knobs, RunState, ServiceShape } from "./run-state.ts";

const KEYS = { count: 10_000, zipf: 0.9 };

export function baseOf(state: RunState): Scenario {
  return (presetOf(state.preset) ?? SANDBOX).scenario;
}

export function scenarioOf(state: RunState): Scenario {
  const base = baseOf(state);
  const { knobs } = state;
  const servers = serversOf(base.servers, knobs);
  const service = serviceOf(base.service, knobs.service);
  const scenario: Scenario = {
    ...base,
    servers,
    service,
    traffic: trafficOf(base, knobs, servers, service),
    ...balancersOf(base, knobs, compileDistribution(service).mean),
    ...clientOf(base, knobs),
    ...(knobs.rtt !== undefined && { network: { ...base.network, rttMs: knobs.rtt } }),
    ...needsOf(base, state),
  };
  const faults = [
    ...faultsWithin(base, serverCount(scenario)),
    ...state.disturbances.map((one) => faultOf(one, endOf(scenario))),
  ];
  return faults.length === 0 ? scenario : { ...scenario, faults };
}

/** Returns the virtual time at which the run ends. This formula must be the same as in `Simulation.endMs`. */
export function endOf({ durationMs, drainMs, client }: Scenario): number {
  return durationMs + (drainMs ?? client?.timeoutMs ?? 0);
}

/** Removes faults of servers that a smaller fleet does not have. */
function faultsWithin({ faults = [] }: Scenario, count: number): typeof faults {
  return faults.map((fault) =>
    Array.isArray(fault.servers)
      ? { ...fault, servers: fault.servers.filter((server: number) => server < count) }
      : fault,
  );
}

function serversOf(base: readonly ServerGroup[], knobs: Knobs): readonly ServerGroup[] {
  const { servers, slow, speed = 0.5, weights, workers, discipline, limit } = knobs;
  let list = base.flatMap((group) => Array<ServerGroup>(group.count).fill({ ...group, count: 1 }));
  if (servers !== undefined && servers !== list.length)
    list = Array.from(
      { length: servers },
      // Keeps the scenario's mix of servers, in the scenario's order.
      (_, at) => list[Math.floor((at * list.length) / servers)] ?? { count: 1 },
    );
  const firstSlow = list.length - Math.min(slow ?? 0, list.length);
  const changed = list.map((group, at): ServerGroup => {
    const own = (group.speed ?? 1) * (at >= firstSlow ? speed : 1);
    return {
      ...group,
      ...(own !== 1 && { speed: own }),
      ...(weights !== undefined && { weight: weights === "right" ? own : 1 }),
      ...(workers !== undefined && { workers }),
      ...(discipline !== undefined && { discipline }),
      ...(limit !== undefined && { maxConnections: limit }),
    };
  });
  return merged(changed);
}

/** Joins equal neighbours into one group. */
function merged(list: readonly ServerGroup[]): ServerGroup[] {
  const groups: ServerGroup[] = [];
  for (const group of list) {
    const last = groups.at(-1);
    if (last !== undefined && JSON.stringify({ ...last, count: 1 }) === JSON.stringify(group))
      groups[groups.length - 1] = { ...last, count: last.count + 1 };
    else groups.push(group);
  }
  return groups;
}

const PARETO = { alpha: 1.5, span: 1_000 };
const BIMODAL = { slow: 0.01, factor: 100 };

/** Returns a distribution that has another shape but the same mean. */
function serviceOf(base: Distribution, shape: ServiceShape | undefined): Distribution {
  if (shape === undefined) return base;
  const { mean } = compileDistribution(base);
  switch (shape) {
    case "constant":
      return { kind: "constant", value: mean };
    case "exponential":
      return { kind: "exponential", mean };
    case "lognormal":
      return { kind: "lognormal", mean, sigma: 1 };
    case "pareto": {
      const { alpha, span } = PARETO;
      const unit = compileDistribution({ kind: "bounded-pareto", alpha, min: 1, max: span }).mean;
      return { kind: "bounded-pareto", alpha, min: mean / unit, max: (mean * span) / unit };
    }
    case "bimodal":
      return {
        kind: "bimodal",
        ...BIMODAL,
        fast: mean / (1 + BIMODAL.slow * (BIMODAL.factor - 1)),
      };
  }
}

/**
 * Returns the traffic. When the visitor adds servers or slows them, the traffic is changed in
 * proportion to the capacity, so that the load stays the same. Then the traffic is scaled to the
 * load that the visitor chose.
 */
function trafficOf(
  base: Scenario,
  { load }: Knobs,
  servers: readonly ServerGroup[],
  service: Distribution,
): OpenTraffic | ClosedTraffic {
  const meaningful = loadIsMeaningful(base);
  const work = compileDistribution(base.service).mean / compileDistribution(service).mean;
  const grown = (capacity(servers) / capacity(base.servers)) * work;
  const asked = load === undefined ? 1 : meaningful ? load / loadOf(base) : load;
  const factor = asked * grown;
  if (factor === 1) return base.traffic;
  if (base.traffic.kind === "closed")
    return { ...base.traffic, users: Math.max(1, Math.round(base.traffic.users * factor)) };
  return { ...base.traffic, arrivals: scaled(base.traffic.arrivals, factor) };
}

function scaled(arrivals: Arrivals, factor: number): Arrivals {
  switch (arrivals.kind) {
    case "poisson":
      return { ...arrivals, rate: scaledRate(arrivals.rate, factor) };
    case "deterministic":
    case "batch":
      return { ...arrivals, ratePerSecond: arrivals.ratePerSecond * factor };
    case "mmpp":
      return {
        ...arrivals,
        states: arrivals.states.map((state) => ({
          ...state,
          ratePerSecond: state.ratePerSecond * factor,
        })),
      };
    case "trace":
      // Recorded arrivals are moved closer together or further apart.
      return { ...arrivals, timesMs: arrivals.timesMs.map((ms) => ms / factor) };
  }
}

function scaledRate(rate: Rate, factor: number): Rate {
  if (typeof rate === "number") return rate * factor;
  switch (rate.kind) {
    case "ramp":
      return { ...rate, from: rate.from * factor, to: rate.to * factor };
    case "steps":
      return { ...rate, steps: rate.steps.map(([ms, value]) => [ms, value * factor] as const) };
    case "flash-crowd":
      return { ...rate, base: rate.base * factor, peak: rate.peak * factor };
    case "diurnal":
      return { ...rate, mean: rate.mean * factor };
  }
}

function balancersOf(base: Scenario, knobs: Knobs, meanMs: number): Pick<Scenario, "balancers"> {
  const { balancers, view, stale } = knobs;
  if (balancers === undefined && view === undefined && stale === undefined) return {};
  const { shares, zones, ...rest } = base.balancers ?? {};
  const count = balancers ?? rest.count ?? 1;
  const sight = view ?? rest.view ?? "local";
  return {
    balancers: {
      ...rest,
      ...(count === (rest.count ?? 1) && { ...(shares && { shares }), ...(zones && { zones }) }),
      count,
      view: sight,
      ...(sight === "board" && {
        boardMs: stale === undefined ? (rest.boardMs ?? 5 * meanMs) : stale * meanMs,
      }),
    },
  };
}

function clientOf(base: Scenario, { timeout, retries }: Knobs): Pick<Scenario, "client"> {
  if (timeout === undefined && retries === undefined) return {};
  const { timeoutMs, retries: own, ...rest } = base.client ?? {};
  const limit = timeout ?? timeoutMs ?? 0;
  const most = retries ?? own?.max ?? 0;
  return {
    client: {
      ...rest,
      ...(limit > 0 && { timeoutMs: limit }),
      ...(most > 0 && { retries: { ...own, max: most } }),
    },
  };
}

/**
 * Returns the settings (keys, load reports) that algorithm A or B needs. Both algorithms run with
 * all of these settings, so that their runs stay comparable.
 */
function needsOf(base: Scenario, { a, b, knobs }: RunState): Pick<Scenario, "keys" | "reports"> {
  const needs = (trait: (traits: Traits) => boolean) =>
    [a, b].some((choice) => {
      const traits = choice && algorithmOf(choice.algorithm)?.traits;
      return traits !== undefined && trait(traits);
    });
  const keyed = base.keys !== undefined || needs(({ key }) => key !== undefined);
  const keys = base.keys ?? KEYS;
  const reported = needs(({ reports, probes }) => reports && !probes);
  return {
    ...(keyed && { keys: knobs.zipf === undefined ? keys : { ...keys, zipf: knobs.zipf } }),
    ...(reported && base.reports === undefined && { reports: { inAnswers: true, whenIdle: true } }),
  };
}
