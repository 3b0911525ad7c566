// A workload: which requests are sent, and how.
import type { Generator } from "../load/generator.ts";
import type { Handshake, LoadJob } from "../load/load.ts";
import type { Demands } from "../peers/demands.ts";
import type { Rounds } from "../run/rounds.ts";

/** The load under which every peer is measured. */
export interface Workload extends Demands {
  readonly name: string;
  /** A description in one line, for the report. */
  readonly title: string;
  /** `idle` measures memory of connections that do nothing; `load` measures requests. */
  readonly kind: "load" | "idle";
  readonly path: string;
  readonly method: "GET" | "POST";
  readonly uploadBytes: number;
  readonly connections: number;
  readonly newConnections: boolean;
  readonly tls: boolean;
  /** How every connection over TLS begins. Left out when that does not matter. */
  readonly handshake?: Handshake;
  /** Sends fields like a browser's, different in every request, and gets answers that differ too. */
  readonly varied?: boolean;
  /** Requests per second in fixed-rate mode. The number is well below what the slowest peer can carry. */
  readonly fixedRate: number;
  /** Seconds of warm-up, for workloads in which Node's proxies continue to compile their code. Default 1.5. */
  readonly warmUpSeconds?: number;
  /** The generator that makes the load, whatever generator the run prefers. */
  readonly generator?: Generator;
  /**
   * Measures each peer with one thread and with two threads, on two cores. Peers that cannot have
   * two threads are left out.
   */
  readonly twoThreads?: true;
  /** The rounds in a `--quick` run; left out when a `--quick` run skips the workload. */
  readonly quick?: Rounds;
  /**
   * The rounds in a run without `--quick`; left out when the usual number and length of rounds
   * apply.
   */
  readonly thorough?: Rounds;
}

/** Settings that most workloads have in common. */
export const KEEP_ALIVE = {
  kind: "load",
  method: "GET",
  uploadBytes: 0,
  connections: 64,
  newConnections: false,
  tls: false,
  fixedRate: 1000,
} as const;

/** Returns `workload` with TLS between client and proxy. The connections to the server stay without TLS. */
export function overTls({ quick: _, ...workload }: Workload): Workload {
  return {
    ...workload,
    name: `${workload.name}-tls`,
    title: `${workload.title}, over TLS`,
    tls: true,
  };
}

/** Returns `workload` with TLS on both sides, as between the tiers of a site: proxy and server verify each other. */
export function overTlsOnBothSides(workload: Workload): Workload {
  const { name, title, ...over } = overTls(workload);
  return { ...over, name: `${name}-both`, title: `${title} on both sides`, tlsToServers: true };
}

/** Returns the part of a job that a workload decides. */
export function jobPart(
  workload: Workload,
): Omit<LoadJob, "port" | "expectBytes" | "seconds" | "rate"> {
  const { path, method, uploadBytes, connections, newConnections, tls, varied = false } = workload;
  const { streams, handshake } = workload;
  return {
    ...{ path, method, uploadBytes, connections, newConnections, tls, varied },
    ...(streams !== undefined && { streams }),
    ...(handshake && { handshake }),
  };
}
