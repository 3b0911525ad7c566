// The list of servers that a backend's algorithm chooses from, each with its current weight. First the balancer's
// subset is taken, then backups, priorities, zones, panic and slow start are applied (by the files in eligibility/).
import type { BackendConfig } from "@tandem/config";
import { type EligibilityOptions, eligible } from "../eligibility/eligible.ts";
import type { Eligible, Member } from "../eligibility/member.ts";
import { NO_SLOW_START, type SlowStart, slowStartLimit } from "../eligibility/slow-start.ts";
import { deterministicSubset, rendezvousSubset } from "../eligibility/subset.ts";
import type { Server } from "../server/server.ts";

interface Weighed extends Member {
  readonly server: Server;
}

/**
 * Returns the servers that the algorithm may choose from, with their weights. A pure function, off the hot path.
 * `now`: wall clock milliseconds.
 */
export function weigh(
  servers: readonly Server[],
  config: BackendConfig,
  box: string,
  now: number,
): Eligible<Server> {
  const members = subsetOf(servers, config, box).map((server) => memberOf(server, now));
  const chosen = eligible(members, optionsOf(config), now);
  return { ...chosen, servers: chosen.servers.map(({ server }) => server) };
}

/**
 * Returns the current `maxConnections` of a server: the configured number, or a smaller one during slow start. `now`:
 * wall clock milliseconds.
 */
export function limitOf(server: Server, config: BackendConfig, now: number): number {
  const since = upSinceOf(server, now);
  const ageMs = since === undefined ? undefined : now - since;
  return slowStartLimit(server.config.maxConnections, ageMs, slowStartOf(config));
}

/**
 * Returns when the server came up; undefined when it needs no slow start. A time in the future means that the clock
 * was set back, so undefined is returned then, too.
 */
function upSinceOf({ upSince }: Server, now: number): number | undefined {
  return upSince === 0 || upSince > now ? undefined : upSince;
}

function memberOf(server: Server, now: number): Weighed {
  const { name, state, degraded, fullWeight, backup, config } = server;
  const { priority, zone } = config;
  const upSinceMs = upSinceOf(server, now);
  return { server, name, state, degraded, weight: fullWeight, backup, priority, zone, upSinceMs };
}

/**
 * Returns the subset of the servers that this balancer uses. The subset is chosen from the regular servers only, and
 * then all backups are added. A subset that was chosen from all servers could consist of backups alone, so that backups
 * would get requests although regular servers are up.
 */
function subsetOf(
  servers: readonly Server[],
  { balance: { subset } }: BackendConfig,
  box: string,
): readonly Server[] {
  if (subset === undefined) return servers;
  const { method, size, client = 0 } = subset;
  const regular = servers.filter(({ backup }) => !backup);
  const part =
    method === "deterministic"
      ? deterministicSubset(regular, client, size)
      : rendezvousSubset(regular, box, size);
  return [...part, ...servers.filter(({ backup }) => backup)];
}

function slowStartOf({ balance: { slowStart } }: BackendConfig): SlowStart {
  if (slowStart === undefined) return NO_SLOW_START;
  const { window: windowMs, curve, aggression, minimum } = slowStart;
  return { windowMs, curve, aggression, minimum };
}

function optionsOf(config: BackendConfig): EligibilityOptions {
  const { overprovisioning, panic, zone, zoneWeights } = config.balance;
  return {
    ...{ overprovisioning, slowStart: slowStartOf(config), localZone: zone, zoneWeights },
    allBackups: config.allBackups || config.prefer === "same-box",
    // With `check: connections`, servers are marked down when connections to them fail, and such a server may work
    // again before a check shows that. So while no server is up, requests are sent to servers that are down.
    panic: config.check.by === "connections" ? { ...panic, keepOne: true } : panic,
  };
}
