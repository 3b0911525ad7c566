// Which of a backend's servers its algorithm chooses from, and with what weight now: the subset of this
// balancer, then backups, priorities, zones, panic and slow start (eligibility/).
import type { BackendConfig } from "@tandem/config";
import type { Server } from "../backend/server.ts";
import { type EligibilityOptions, eligible } from "../eligibility/eligible.ts";
import type { Eligible, Member } from "../eligibility/member.ts";
import { NO_SLOW_START, type SlowStart, slowStartFactor } from "../eligibility/slow-start.ts";
import { deterministicSubset, rendezvousSubset } from "../eligibility/subset.ts";

interface Weighed extends Member {
  readonly server: Server;
}

/** Cold and pure. `now`: wall clock milliseconds. */
export function weigh(
  servers: readonly Server[],
  config: BackendConfig,
  box: string,
  now: number,
): Eligible<Server> {
  const members = subsetOf(servers, config, box).map(memberOf);
  const chosen = eligible(members, optionsOf(config), now);
  return { ...chosen, servers: chosen.servers.map(({ server }) => server) };
}

/** The part of its weight and of `maxConnections` that a server has; 1 unless it is starting slowly. */
export function warmth({ upSince }: Server, config: BackendConfig, now: number): number {
  return upSince === 0 ? 1 : slowStartFactor(Math.max(0, now - upSince), slowStartOf(config));
}

/** Only HAProxy's curve holds back `maxConnections` too. */
export function limitsConnections({ balance }: BackendConfig): boolean {
  return balance.slowStart?.curve === "linear";
}

function memberOf(server: Server): Weighed {
  const { name, state, fullWeight, backup, config, upSince } = server;
  const { priority, zone } = config;
  const upSinceMs = upSince === 0 ? undefined : upSince;
  return { server, name, state, weight: fullWeight, backup, priority, zone, upSinceMs };
}

function subsetOf(
  servers: readonly Server[],
  { balance: { subset } }: BackendConfig,
  box: string,
): readonly Server[] {
  if (subset === undefined) return servers;
  const { method, size, client = 0 } = subset;
  return method === "deterministic"
    ? deterministicSubset(servers, client, size)
    : rendezvousSubset(servers, box, size);
}

function slowStartOf({ balance: { slowStart } }: BackendConfig): SlowStart {
  if (slowStart === undefined) return NO_SLOW_START;
  const { window: windowMs, curve, aggression, minimum } = slowStart;
  return { windowMs, curve, aggression, minimum };
}

function optionsOf(config: BackendConfig): EligibilityOptions {
  const { overprovisioning, panic, zone, zoneWeights } = config.balance;
  const slowStart = slowStartOf(config);
  return { overprovisioning, panic, slowStart, localZone: zone, zoneWeights };
}
