// A workload: what requests are sent, and how.
import type { Generator } from "../load/generator.ts";
import type { LoadJob } from "../load/load.ts";
import type { Rounds } from "../run/rounds.ts";

/** What every peer is measured with. */
export interface Workload {
  readonly name: string;
  /** For people: one line. */
  readonly title: string;
  /** `idle` measures memory of connections that do nothing; `load` measures requests. */
  readonly kind: "load" | "idle";
  readonly path: string;
  readonly method: "GET" | "POST";
  readonly uploadBytes: number;
  readonly connections: number;
  readonly newConnections: boolean;
  readonly tls: boolean;
  /** A browser's fields, differing from request to request, and answers that differ too. */
  readonly varied?: boolean;
  /** Requests per second of the fixed-rate mode, well below what the slowest peer can carry. */
  readonly fixedRate: number;
  /** Seconds of warm-up, for workloads in which Node's proxies continue to compile their code. Default 1.5. */
  readonly warmUpSeconds?: number;
  /** Makes the load whatever generator the run prefers. */
  readonly generator?: Generator;
  /** Measures peers that can have two threads with one and with two, on two cores; other peers are left out. */
  readonly twoThreads?: true;
  /** How a `--quick` run measures it; absent when it is not part of one. */
  readonly quick?: Rounds;
  /** How other runs measure it, where not like the rest. */
  readonly thorough?: Rounds;
}

/** What most workloads have in common. */
export const KEEP_ALIVE = {
  kind: "load",
  method: "GET",
  uploadBytes: 0,
  connections: 64,
  newConnections: false,
  tls: false,
  fixedRate: 1000,
} as const;

/** The same over TLS between client and proxy; the server's side stays plain. */
export function overTls({ quick: _, ...workload }: Workload): Workload {
  return {
    ...workload,
    name: `${workload.name}-tls`,
    title: `${workload.title}, over TLS`,
    tls: true,
  };
}

/** The part of a job that a workload decides. */
export function jobPart(
  workload: Workload,
): Omit<LoadJob, "port" | "expectBytes" | "seconds" | "rate"> {
  const { path, method, uploadBytes, connections, newConnections, tls, varied = false } = workload;
  return { path, method, uploadBytes, connections, newConnections, tls, varied };
}
