// The servers of a backend, made from its configuration. At a reload, servers that are in the old
// and the new configuration are kept, and get their new settings.
import type { BackendConfig } from "@tandem/config";
import { BACKEND_GAUGE, type BackendMemory, memoryOf } from "../memory/shared-memory.ts";
import { Server } from "./server.ts";

/**
 * Returns the servers of a backend. A server of `before`, the servers before a reload, is reused if
 * its name and address are still the same.
 */
export function backendServers(
  config: BackendConfig,
  memory: BackendMemory,
  { box, thread }: { readonly box: string; readonly thread: number },
  before: readonly Server[] = [],
): readonly Server[] {
  const gauges = new Int32Array(memory.gauges);
  const changed = (): void => void Atomics.add(gauges, BACKEND_GAUGE.generation, 1);
  const known = new Map(before.map((server) => [server.name, server]));
  return Object.entries(config.servers).map(([name, server]) => {
    const own = memoryOf(memory.servers, name);
    const kept = known.get(name);
    if (kept?.memory.address === own.address) return kept;
    return new Server(name, server, isBackup(name, config, box), own, thread, changed);
  });
}

/** Called at a reload: gives each server that is still in `config` its new configuration. */
export function configureServers(
  servers: readonly Server[],
  config: BackendConfig,
  box: string,
): void {
  for (const server of servers) {
    const written = config.servers[server.name];
    if (written !== undefined) server.configure(written, isBackup(server.name, config, box));
  }
}

/** Returns whether the server is a backup. With `prefer: same-box` the servers of other boxes are backups. */
function isBackup(name: string, { servers, prefer }: BackendConfig, box: string): boolean {
  return servers[name]?.backup === true || (prefer === "same-box" && name !== box);
}
