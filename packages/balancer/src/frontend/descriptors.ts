// Works out how many client connections fit into the file descriptors that this process may have open. A frontend
// without a limit in the configuration takes as many as fit. When the configured limits do not fit, the operator gets a
// message at the start, and not only when visitors are turned away. (HAProxy works out `maxconn` from `ulimit -n` in
// the same way.)
import type { BalancerConfig, FrontendConfig } from "@tandem/config";

/** The most connections that a frontend takes per thread when no other limit applies. */
export const MOST_CONNECTIONS = 20_000;
/**
 * A number of connections per thread that is enough for most sites. When fewer fit, the operator gets a note at the
 * start.
 */
const ENOUGH_CONNECTIONS = 1000;
/**
 * The number of descriptors for Node itself, the logs, the admin port, and files and sockets that are open twice during
 * a reload.
 */
const OF_THE_PROCESS = 128;
const OF_A_THREAD = 16;
/**
 * The least number of connections per thread. Every frontend gets at least this many, even if the process may run out
 * of descriptors at times, because a frontend with fewer connections would be useless.
 */
const LEAST_CONNECTIONS = 16;

export interface Fitted {
  /** The configuration, in which every frontend has a `maxConnections`. */
  readonly config: BalancerConfig;
  /** A message for the operator when there are too few descriptors for the configured limits. */
  readonly missing: string | undefined;
  /** A message for the operator when a frontend takes so few connections that visitors may notice. */
  readonly note: string | undefined;
}

/** @param limit how many descriptors this process may have open */
export function fitConnections(config: BalancerConfig, threads: number, limit: number): Fitted {
  const frontends = Object.entries(config.frontends);
  const servers = Object.values(config.backends).flatMap((backend) => Object.keys(backend.servers));
  const own = OF_THE_PROCESS + threads * (OF_A_THREAD + frontends.length) + servers.length;
  const written = sum(frontends, ([, one]) => (one.maxConnections ?? 0) * threads * costOf(one));
  const open = frontends.filter(([, { maxConnections }]) => maxConnections === undefined);
  const shares = sum(open, ([, one]) => threads * costOf(one));
  const fitting = Math.floor((limit - own - written) / shares);
  const each = Math.min(MOST_CONNECTIONS, Math.max(LEAST_CONNECTIONS, fitting));
  const fitted = frontends.map(([name, one]): [string, FrontendConfig] => [
    name,
    { ...one, maxConnections: one.maxConnections ?? each },
  ]);
  const needed = own + written + (shares > 0 ? each * shares : 0);
  const names = open.map(([name]) => name);
  return {
    config: { ...config, frontends: Object.fromEntries(fitted) },
    missing: needed > limit ? tooFew(needed, limit) : undefined,
    note: shares > 0 && each < ENOUGH_CONNECTIONS ? fewer(names, each, limit) : undefined,
  };
}

/**
 * Returns how many descriptors one client needs: one for its connection and, unless the frontend only redirects, one
 * for a connection to a server.
 */
function costOf({ redirect }: FrontendConfig): number {
  return redirect === undefined ? 2 : 1;
}

function tooFew(needed: number, limit: number): string {
  return (
    `the connections that frontends may take (maxConnections) and the servers they lead to need up to ${needed} ` +
    `descriptors, and this process may have ${limit} open: give it more (LimitNOFILE=${needed} in its systemd unit, ` +
    `ulimit -n ${needed} in a shell), or lower maxConnections`
  );
}

function fewer(names: readonly string[], each: number, limit: number): string {
  return (
    `frontend ${names.join(", ")}: maxConnections is ${each} per data thread, not ${MOST_CONNECTIONS}, because this ` +
    `process may have ${limit} descriptors open; more with LimitNOFILE= in its systemd unit, or ulimit -n in a shell`
  );
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
