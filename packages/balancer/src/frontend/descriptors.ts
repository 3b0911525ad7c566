// How many client connections fit into the descriptors that this process may have open. Where the file does not say
// how many a frontend takes, it takes what fits; where it says more than fits, the operator is told before
// the first visitor is turned away by it. (HAProxy works out `maxconn` from `ulimit -n` the same way.)
import type { BalancerConfig, FrontendConfig } from "@tandem/config";

/** What a frontend takes per thread when nothing bounds it. */
export const MOST_CONNECTIONS = 20_000;
/** More than this per thread is enough for most sites, so having no more is not worth a line at every start. */
const ENOUGH_CONNECTIONS = 1000;
/** Node's own, logs, the admin port, and what a reload has open twice. */
const OF_THE_PROCESS = 128;
const OF_A_THREAD = 16;
/** Fewer are no service: rather run out now and then. */
const LEAST_CONNECTIONS = 16;

export interface Fitted {
  /** Every frontend says how many connections it takes. */
  readonly config: BalancerConfig;
  /** Words for the operator when there are too few descriptors for that. */
  readonly missing: string | undefined;
  /** Words for the operator when a frontend takes so few that its visitors may notice. */
  readonly note: string | undefined;
}

/** @param limit descriptors this process may have open */
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

/** A client's connection, and one to a server for its request. */
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
