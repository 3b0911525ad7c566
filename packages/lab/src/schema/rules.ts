// Rules between different parts of a scenario, which the schema of a single part cannot say. A new rule is a function and a
// row in the list at the end.
import type { Finding } from "@tandem/config/findings";
import { compileDistribution } from "../sim/distribution.ts";
import type { Fault } from "../sim/fault.ts";
import type { Scenario } from "../sim/scenario.ts";
import { MOST_SERVERS } from "./servers.ts";

type Path = Finding["path"];

interface Rule {
  /** The keys of the scenario that the rule reads. */
  readonly reads: readonly (keyof Scenario)[];
  readonly broken: (scenario: Scenario) => Generator<Finding>;
}

/** Every balancer with views of its own knows every server, so their product is what fills the memory. */
const MOST_VIEWS = 20_000_000;

const value = (path: Path, message: string): Finding => ({ path, side: "value", message });
const shown = (number: number) => number.toLocaleString("en-US");

export const serversOf = ({ servers }: Scenario): number =>
  servers.reduce((sum, { count }) => sum + count, 0);

const balancersOf = ({ balancers }: Scenario): number => balancers?.count ?? 1;

function* fleetHasASize(scenario: Scenario): Generator<Finding> {
  const [servers, balancers] = [serversOf(scenario), balancersOf(scenario)];
  if (servers > MOST_SERVERS)
    yield value(
      ["servers"],
      `all groups together have ${shown(servers)} servers, expected at most ${shown(MOST_SERVERS)}`,
    );
  else if (servers * balancers > MOST_VIEWS)
    yield value(
      ["balancers", "count"],
      `${shown(balancers)} balancers that know ${shown(servers)} servers each are ${shown(servers * balancers)} views, expected at most ${shown(MOST_VIEWS)}`,
    );
  if (scenario.servers.every(({ weight = 1 }) => weight === 0))
    yield value(["servers"], "every server has weight 0, expected one above 0");
}

function* warmupLeavesTime({ warmupMs = 0, durationMs }: Scenario): Generator<Finding> {
  if (warmupMs >= durationMs)
    yield value(
      ["warmupMs"],
      `found '${warmupMs}', expected less than 'durationMs' (${durationMs}), or nothing is measured`,
    );
}

function* requestsAreWork({ service }: Scenario): Generator<Finding> {
  const mean = compileDistribution(service).mean;
  if (!(mean > 0)) yield value(["service"], "the mean is 0, expected work above 0");
}

function* usersThink({ traffic }: Scenario): Generator<Finding> {
  if (traffic.kind === "closed" && !(compileDistribution(traffic.think).mean > 0))
    yield value(
      ["traffic", "think"],
      "the mean is 0, expected a time above 0: users whose requests are refused would ask for ever at one instant",
    );
}

function* balancersAgree({ balancers }: Scenario): Generator<Finding> {
  if (balancers === undefined) return;
  const { count = 1, view, boardMs, shares, zones } = balancers;
  for (const [key, list] of Object.entries({ shares, zones }))
    if (list !== undefined && list.length !== count)
      yield value(
        ["balancers", key],
        `found ${list.length} values, expected one for each of ${count} balancers ('count')`,
      );
  if (shares?.every((share) => share === 0))
    yield value(["balancers", "shares"], "every share is 0, expected one above 0");
  if (view === "board" && boardMs === undefined)
    yield value(
      ["balancers", "view"],
      "'board' needs 'boardMs' beside it, the milliseconds between refreshes",
    );
}

function* queuesAreUsed({ servers }: Scenario): Generator<Finding> {
  for (const [index, { balancerQueue, maxConnections = 0 }] of servers.entries())
    if (balancerQueue !== undefined && maxConnections === 0)
      yield value(
        ["servers", index, "balancerQueue"],
        "needs 'maxConnections' beside it: without a limit nothing waits",
      );
}

function* faultsHitServers(scenario: Scenario): Generator<Finding> {
  const count = serversOf(scenario);
  const zones = new Set(scenario.servers.map(({ zone = 0 }) => zone));
  for (const [index, fault] of (scenario.faults ?? []).entries()) {
    const { servers: where } = fault satisfies Fault;
    const path = ["faults", index, "servers"];
    if (where === undefined) continue;
    if ("first" in where) continue;
    if ("zone" in where) {
      if (!zones.has(where.zone))
        yield value(
          [...path, "zone"],
          `no server is in zone ${where.zone}; zones: ${[...zones].join(", ")}`,
        );
    } else
      for (const [at, server] of where.entries())
        if (server >= count)
          yield value(
            [...path, at],
            `there is no server ${server}; ${count} servers are numbered from 0 to ${count - 1}`,
          );
  }
}

const RULES: readonly Rule[] = [
  { reads: ["servers", "balancers"], broken: fleetHasASize },
  { reads: ["warmupMs", "durationMs"], broken: warmupLeavesTime },
  { reads: ["service"], broken: requestsAreWork },
  { reads: ["traffic"], broken: usersThink },
  { reads: ["balancers"], broken: balancersAgree },
  { reads: ["servers"], broken: queuesAreUsed },
  { reads: ["servers", "faults"], broken: faultsHitServers },
];

/** Returns every contradiction in a scenario that its schema has accepted. */
export function contradictions(scenario: Scenario): readonly Finding[] {
  return RULES.flatMap(({ broken }) => [...broken(scenario)]);
}

/**
 * Returns the contradictions in data that its schema has not accepted, by those rules that read only what is right. So
 * everything is told at once. `faults` is what the schema found.
 */
export function contradictionsBeside(
  data: unknown,
  faults: readonly Finding[],
): readonly Finding[] {
  const wrong = new Set(faults.map(({ path }) => path[0]));
  if (wrong.has(undefined)) return [];
  // A key without a fault is as the schema says, and a rule reads no others.
  const scenario = data as Scenario;
  return RULES.filter(({ reads }) => !reads.some((key) => wrong.has(key))).flatMap(({ broken }) => [
    ...broken(scenario),
  ]);
}
