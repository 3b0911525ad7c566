// The servers of all backends with their health checks. The servers and checks belong to the
// control thread, which owns the shared memory. At a reload, the servers and checks that the new
// configuration still has are kept.
import type { BackendConfig, BalancerConfig } from "@tandem/config";
import type { BackendView } from "../admin/status.ts";
import { BackendChecks, type HealthEnvironment } from "../health/backend-checks.ts";
import { checksAlways } from "../health/monitor.ts";
import { type BackendMemory, memoryOf, type SharedMemory } from "../memory/shared-memory.ts";
import { Tally } from "../memory/tally.ts";
import { backendServers, configureServers } from "../server/servers.ts";

/** A backend with its checks. */
export interface BackendHealth extends BackendView {
  readonly health: BackendChecks;
}

export interface BackendHealthEnvironment extends HealthEnvironment {
  readonly box: string;
}

/**
 * Makes the servers and their monitors, and does not start the monitors yet. Servers that are in
 * `before`, the state before a reload, are taken over from there. A server that the reload adds is
 * down until its first check has passed, if it is checked regularly.
 */
export function openHealth(
  { backends }: BalancerConfig,
  memory: SharedMemory,
  environment: BackendHealthEnvironment,
  before?: readonly BackendHealth[],
): readonly BackendHealth[] {
  return Object.entries(backends).map(([name, config]) => {
    const kept = before?.find((backend) => backend.name === name);
    const own = memoryOf(memory.backends, name);
    const servers = openServers(config, own, environment.box, before && (kept?.servers ?? []));
    const health = new BackendChecks(name, config, servers, environment, kept?.health);
    const tally = new Tally(own.counters, 0);
    return { name, config, tally, servers, health, report: health.report.bind(health) };
  });
}

/**
 * Puts the new state `next` in force, which `openHealth` has made from `before`, the state before
 * the reload. A weight that was changed in the file replaces the weight that the operator has set.
 */
export function takeOver(
  next: readonly BackendHealth[],
  before: readonly BackendHealth[],
  box: string,
): void {
  for (const { name, config, servers, health } of next) {
    const earlier = before.find((backend) => backend.name === name)?.config;
    for (const server of servers) {
      const [from, to] = [earlier?.servers[server.name], config.servers[server.name]];
      if (to !== undefined && from !== undefined && from.weight !== to.weight)
        server.setWeight(to.weight);
    }
    configureServers(servers, config, box);
    health.takeOver();
  }
  for (const { name, health } of before) {
    if (!next.some((backend) => backend.name === name)) health.stop();
  }
}

function openServers(
  config: BackendConfig,
  memory: BackendMemory,
  box: string,
  before: BackendView["servers"] | undefined,
): BackendView["servers"] {
  const servers = backendServers(config, memory, { box, thread: 0 }, before);
  for (const server of servers) {
    const unknown = before !== undefined && !before.includes(server);
    if (unknown && checksAlways(config.check)) server.set("down");
  }
  return servers;
}
