// Makes the options of all pools. Requests, health checks and probes open their connections to a
// server in the same way, so that a check finds what a request would find.
import type { BackendConfig } from "@tandem/config";
import {
  type Clock,
  Deadlines,
  type Names,
  ownHeader,
  ReadBuffers,
  type ServerTls,
  turnClock,
} from "@tandem/transport";
import { ROW } from "../memory/counters.ts";
import type { Server } from "../server/server.ts";
import type { PoolOptions } from "./pool.ts";
import type { ServerProtocol } from "./protocol.ts";
import { protocolOf } from "./protocols.ts";

/** The objects that all connections of one thread need. */
export interface ConnectionEnvironment {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly buffers: ReadBuffers;
  /** The known IP addresses of servers whose address is a host name. */
  readonly names: Names;
  /** The protocol that is used with servers; the one that the backend's configuration names when absent. */
  readonly protocol?: ServerProtocol | undefined;
}

/**
 * Makes the objects that the connections of one thread share. When the caller no longer needs them, it must call
 * `deadlines.stop()`. Otherwise their timer goes on running.
 */
export function connectionEnvironment(
  clock: Clock,
  names: Names,
  protocol?: ServerProtocol,
): ConnectionEnvironment {
  const turns = turnClock(clock);
  const deadlines = new Deadlines(turns);
  return { clock: turns, deadlines, buffers: new ReadBuffers(turns), names, protocol };
}

/**
 * Makes the options of the pool for the connections that requests use. Its `header` is that of the balancer's own
 * connections (LOCAL in version 2, UNKNOWN in version 1); those for clients get one from their client.
 */
export function requestPool(
  { name, address, counters }: Server,
  config: BackendConfig,
  tls: ServerTls | undefined,
  environment: ConnectionEnvironment,
): PoolOptions {
  const { timeouts, maxIdle, limits, sendProxy: sent } = config;
  const { connect: connectMs, idle: idleMs } = timeouts;
  const { statusLine, head, fields } = limits;
  const answers = { requestLine: statusLine, head, fields };
  const { protocol = protocolOf(config) } = environment;
  return {
    ...{ name, address, tls, connectMs, idleMs, maxIdle, answers, counters },
    ...environment,
    ...{ protocol, alpn: protocol.alpn },
    ...{ sent, header: sent && ownHeader(sent.version) },
  };
}

/**
 * Makes the options of a pool for health checks and probes. The pool keeps up to `kept` idle connections. Its
 * connections are not counted in the server's counters. Where the server expects a PROXY header, it gets that of the
 * balancer's own connections, as with HAProxy's checks.
 */
export function ownPool(
  requests: PoolOptions,
  { connectMs, kept }: { readonly connectMs: number; readonly kept: number },
): PoolOptions {
  return { ...requests, connectMs, maxIdle: kept, counters: new Float64Array(ROW) };
}
