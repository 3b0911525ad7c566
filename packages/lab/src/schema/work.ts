// How much work a scenario is for the simulator. A rate or an interval that is off by some powers of ten would keep it
// busy for days or fill the memory, so such a scenario is refused unless its size is allowed.
import type { Finding } from "@tandem/config/findings";
import { highestRate } from "../sim/arrivals.ts";
import { compileDistribution } from "../sim/distribution.ts";
import type { Fault } from "../sim/fault.ts";
import { endOfRun, measureTimes } from "../sim/measure-times.ts";
import type { Scenario } from "../sim/scenario.ts";
import { serversOf } from "./rules.ts";

/** One run of so many requests or other events takes a minute or two of one core. */
const MOST_EVENTS = 100_000_000;
/** A time series keeps a number for each server in each interval; so many are 80 MB. */
const MOST_CELLS = 20_000_000;

interface Load {
  readonly what: string;
  readonly path: Finding["path"];
  readonly count: number;
  readonly most: number;
}

/** Returns a finding for each part of the scenario that is too much work. */
export function excesses(scenario: Scenario): readonly Finding[] {
  return [...loads(scenario)]
    .filter(({ count, most }) => count > most)
    .map(({ what, path, count, most }) => ({
      path,
      side: "value",
      message: `${what}: ${shown(count)}, expected at most ${shown(most)}; --any-size (in a program: anySize) runs it nevertheless`,
    }));
}

const shown = (count: number) =>
  count < 1e15 ? Math.round(count).toLocaleString("en-US") : count.toExponential(1);

function* loads(scenario: Scenario): Generator<Load> {
  const servers = serversOf(scenario);
  const { health, reports, balancers, measure } = scenario;
  const endMs = endOfRun(scenario);
  const each = (what: string, path: Load["path"], everyMs: number | undefined, times = servers) =>
    ({
      what,
      path,
      count: everyMs === undefined || everyMs === 0 ? 0 : (times * endMs) / everyMs,
      most: MOST_EVENTS,
    }) satisfies Load;
  yield requests(scenario);
  yield each("health checks in the run", ["health", "intervalMs"], health?.intervalMs);
  yield each(
    "load reports in the run",
    ["reports", "everyMs"],
    reports?.everyMs,
    servers * (balancers?.count ?? 1),
  );
  yield each("entries that the board refreshes", ["balancers", "boardMs"], balancers?.boardMs);
  const { seriesMs } = measureTimes(scenario);
  yield {
    ...each("numbers in the time series", ["measure", "seriesMs"], seriesMs),
    most: MOST_CELLS,
  };
  yield each("samples of queues", ["measure", "sampleMs"], measure?.sampleMs);
  for (const [index, fault] of (scenario.faults ?? []).entries())
    yield {
      what: "changes by this fault",
      path: ["faults", index],
      count: changes(fault, scenario) * affected(fault, servers),
      most: MOST_EVENTS,
    };
}

/**
 * Returns about how many requests a run of the scenario has, to tell how long it takes. Of a closed loop these are at
 * most so many.
 */
export const expectedRequests = (scenario: Scenario): number => requests(scenario).count;

function requests({ traffic, durationMs, service }: Scenario): Load {
  const seconds = durationMs / 1000;
  if (traffic.kind === "closed") {
    const between = compileDistribution(traffic.think).mean + compileDistribution(service).mean;
    return {
      what: "requests in the run, if no request waits",
      path: ["traffic", "users"],
      count: traffic.users * (1 + durationMs / between),
      most: MOST_EVENTS,
    };
  }
  const { arrivals } = traffic;
  const path = ["traffic", "arrivals"];
  // A rate that changes is drawn at its highest value, and the surplus is thrown away.
  if (arrivals.kind !== "trace" && arrivals.kind !== "mmpp")
    return {
      what: "requests in the run",
      path: [...path, arrivals.kind === "poisson" ? "rate" : "ratePerSecond"],
      count:
        seconds *
        (arrivals.kind === "poisson" ? highestRate(arrivals.rate) : arrivals.ratePerSecond),
      most: MOST_EVENTS,
    };
  if (arrivals.kind === "trace")
    return {
      what: "requests in the run",
      path: [...path, "timesMs"],
      count: arrivals.timesMs.length,
      most: MOST_EVENTS,
    };
  const cycleMs = arrivals.states.reduce((sum, { meanMs }) => sum + meanMs, 0);
  const perCycle = arrivals.states.reduce(
    (sum, { ratePerSecond, meanMs }) => sum + (ratePerSecond * meanMs) / 1000 + 1,
    0,
  );
  return {
    what: "requests and changes of state in the run",
    path: [...path, "states"],
    count: (durationMs / cycleMs) * perCycle,
    most: MOST_EVENTS,
  };
}

/** Returns how many servers a fault affects, at most. */
function affected({ servers }: Fault, count: number): number {
  if (servers === undefined || "zone" in servers) return count;
  return "first" in servers ? servers.first : servers.length;
}

/** Returns about how many times a fault changes something at one server. */
function changes(fault: Fault, { durationMs }: Scenario): number {
  const lasts = Math.min(durationMs, fault.forMs ?? durationMs);
  switch (fault.kind) {
    case "gc-pause":
      return lasts / (fault.everyMs + fault.pauseMs);
    case "antagonist":
      return lasts / fault.everyMs;
    case "flapping":
      return lasts / (fault.upMs + fault.downMs);
    default:
      return 1;
  }
}
