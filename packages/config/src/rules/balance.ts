// Rules about balancing: keys must belong to the chosen algorithm, and settings must not contradict each other.
import type { Finding } from "../explain.ts";
import { requiredBy } from "../schema/algorithm-keys.ts";
import { BELONGS, KEEPING, RAMPING } from "../schema/balance.ts";
import type { BackendFact, Facts } from "./facts.ts";

/** Refuses a key of another algorithm. Such a key has no effect, but its author expects one. */
export function* parametersBelongToTheAlgorithm(facts: Facts): Iterable<Finding> {
  for (const fact of facts.backends()) {
    const { algorithm } = fact.backend.balance;
    for (const [key, owners] of BELONGS) {
      const path = [...fact.path, "balance", key];
      if (!facts.has(path) || owners.includes(algorithm)) continue;
      const others = owners.map((owner) => `'${owner}'`).join(", ");
      yield {
        path,
        side: "key",
        message: `'${key}' is for ${others}, but ${chosen(facts, fact)}`,
      };
    }
  }
}

/** Requires the keys without which the chosen algorithm does not work. */
export function* requiredParametersAreThere(facts: Facts): Iterable<Finding> {
  for (const fact of facts.backends()) {
    const { balance } = fact.backend;
    const { algorithm } = balance;
    const path = [...fact.path, "balance", "algorithm"];
    const at = { path, side: "value" } as const;
    if (algorithm === "module" && balance.module === undefined)
      yield {
        ...at,
        message: "'module' needs 'module: ./FILE.ts' beside it, the file of your algorithm",
      };
    if (algorithm !== "module")
      for (const [key, { example, role }] of requiredBy(algorithm))
        if (!facts.has([...fact.path, "balance", ...key]))
          yield {
            ...at,
            message: `'${algorithm}' needs '${key.join(".")}: ${example}' beside it, ${role}`,
          };
    const { hash } = balance;
    const bounded = hash?.balanceFactor ?? 0;
    if (bounded > 0 && bounded <= 1)
      yield {
        path: [...fact.path, "balance", "hash", "balanceFactor"],
        side: "value",
        message: `found ${bounded}: a server limited to its fair share could not be given another request; expected a number above 1, such as 1.25, or 0`,
      };
  }
}

/** Refuses a slow start with an algorithm that does not follow small changes of weight. */
export function* slowStartHasAnEffect(facts: Facts): Iterable<Finding> {
  for (const fact of facts.backends()) {
    const { algorithm, slowStart } = fact.backend.balance;
    if (slowStart === undefined || RAMPING.includes(algorithm)) continue;
    const able = RAMPING.filter((name) => name !== "module").join(", ");
    yield {
      path: [...fact.path, "balance", "slowStart"],
      side: "key",
      message: `${chosen(facts, fact)}, which ignores a growing weight; slow start works with ${able}`,
    };
  }
}

export function* subsetsAndZonesMakeSense(facts: Facts): Iterable<Finding> {
  for (const { path, backend } of facts.backends()) {
    const { balance, servers } = backend;
    const { subset, zone, zoneWeights } = balance;
    const at = [...path, "balance"];
    const zones = [...new Set(Object.values(servers).flatMap((server) => server.zone ?? []))];
    if (subset?.method === "deterministic" && subset.client === undefined)
      yield {
        path: [...at, "subset"],
        side: "key",
        message: "'deterministic' needs 'client: N', the number of this balancer, from 0 on",
      };
    if (subset?.method === "rendezvous" && subset.client !== undefined)
      yield {
        path: [...at, "subset", "client"],
        side: "key",
        message: "'client' is for 'method: deterministic'; 'rendezvous' uses the box's name",
      };
    if (zone !== undefined && !zones.includes(zone))
      yield {
        path: [...at, "zone"],
        side: "value",
        message: `no server is in zone '${zone}'; ${list(zones)}`,
      };
    for (const name of Object.keys(zoneWeights ?? {}))
      if (!zones.includes(name))
        yield {
          path: [...at, "zoneWeights", name],
          side: "key",
          message: `no server is in zone '${name}'; ${list(zones)}`,
        };
  }
}

/** Refuses a server's queue unless the algorithm assigns requests to one server, and that server can be full. */
export function* serverQueuesAreUsed(facts: Facts): Iterable<Finding> {
  for (const fact of facts.backends()) {
    const { balance, servers } = fact.backend;
    for (const [name, { maxConnections, queue }] of Object.entries(servers)) {
      const at = [...fact.path, "servers", name, "queue"];
      const [limit, timeout] = [
        [...at, "limit"],
        [...at, "timeout"],
      ];
      if (queue.limit === 0 && facts.has(timeout))
        yield {
          path: timeout,
          side: "key",
          message:
            "no request waits for this server, since its 'queue.limit' is 0; expected a limit above 0 beside it, or no timeout",
        };
      if (queue.limit === 0) continue;
      if (maxConnections === 0)
        yield {
          path: limit,
          side: "value",
          message: `found ${queue.limit}, but the server takes any number of requests, so no request would ever wait; add 'maxConnections' to the server, or remove this`,
        };
      if (!KEEPING.includes(balance.algorithm))
        yield {
          path: limit,
          side: "key",
          message: `${chosen(facts, fact)}, which assigns no request to one particular server, so none would wait for it; expected one of ${KEEPING.join(", ")}, or no limit here: requests then wait in the backend's 'queue'`,
        };
    }
  }
}

function list(zones: readonly string[]): string {
  return zones.length === 0 ? "no server has a 'zone'" : `zones: ${zones.join(", ")}`;
}

function chosen(facts: Facts, { path, backend }: BackendFact): string {
  const { algorithm } = backend.balance;
  if (facts.has([...path, "balance", "algorithm"])) return `the algorithm is '${algorithm}'`;
  const count = Object.keys(backend.servers).length;
  return `the algorithm is '${algorithm}', the default for ${count === 1 ? "one server" : `${count} servers`}`;
}
