// What is measured: every algorithm as it is by default, the ways to hash, and what a pick may cost by design.
import type { Algorithm, AlgorithmParameters } from "@tandem/balancer/pickers";

export interface Subject {
  readonly algorithm: Algorithm;
  readonly parameters?: Partial<AlgorithmParameters[Algorithm]>;
  /** A pick looks at every server; the others are O(1) or O(log n). */
  readonly scans: boolean;
}

const hash = (method: string, scans = false, balanceFactor = 0): Subject => ({
  algorithm: "source",
  parameters: { method, balanceFactor } as Partial<AlgorithmParameters["source"]>,
  scans,
});

export const SUBJECTS: Readonly<Record<string, Subject>> = {
  "round-robin": { algorithm: "round-robin", scans: false },
  "static-rr": { algorithm: "static-rr", scans: false },
  "least-conn": { algorithm: "least-conn", scans: true },
  random: { algorithm: "random", scans: false },
  "peak-ewma": { algorithm: "peak-ewma", scans: false },
  "least-time": { algorithm: "least-time", scans: true },
  prequal: { algorithm: "prequal", scans: false },
  first: { algorithm: "first", scans: true },
  "hash maglev": hash("maglev"),
  "hash ring": hash("ring"),
  "hash rendezvous": hash("rendezvous", true),
  "hash jump": hash("jump"),
  "hash modulo": hash("modulo"),
  "hash maglev ×1.25": hash("maglev", true, 1.25),
  "client-side-wrr": { algorithm: "client-side-wrr", scans: false },
  "join-idle-queue": { algorithm: "join-idle-queue", scans: false },
};

/** Nanoseconds a pick may take. */
export function budgetNs(servers: number, { scans }: Subject): number | undefined {
  if (servers <= 10) return 100;
  return servers === 1_000 && !scans ? 1_000 : undefined;
}
