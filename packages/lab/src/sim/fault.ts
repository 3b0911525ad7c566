// What can go wrong in a run, and when: plain data, a part of the scenario. A new kind is a type here, and a
// function and a row in `faults.ts`.

/** Servers by number, the first so many, a whole zone, or (default) all. */
export type Where = readonly number[] | { readonly first: number } | { readonly zone: number };

interface Window {
  readonly servers?: Where;
  /** Default 0. */
  readonly atMs?: number;
  /** Default: to the end. */
  readonly forMs?: number;
}

/** `refuse`: the port is closed, what was open is reset. `hang`: nothing is ever answered. */
export type CrashMode = "refuse" | "hang";

export type Fault =
  | (Window & { readonly kind: "crash"; readonly mode: CrashMode })
  /** Answers every request with an error after `latencyMs`. */
  | (Window & { readonly kind: "black-hole"; readonly latencyMs: number })
  /** Everything takes `factor` times as long. */
  | (Window & { readonly kind: "brown-out"; readonly factor: number })
  /** Stops for `pauseMs`, after times that are exponential with this mean, or exactly so. */
  | (Window & {
      readonly kind: "gc-pause";
      readonly pauseMs: number;
      readonly everyMs: number;
      readonly regular?: boolean;
    })
  /** A neighbour takes a share of the machine, another one after exponential times; each server its own. */
  | (Window & {
      readonly kind: "antagonist";
      readonly everyMs: number;
      readonly shares: readonly number[];
    })
  /** This share of the requests fails after the work. */
  | (Window & { readonly kind: "errors"; readonly share: number })
  | (Window & {
      readonly kind: "flapping";
      readonly upMs: number;
      readonly downMs: number;
      readonly mode: CrashMode;
    })
  /** One after the other is taken down and comes back; with a drain it first gets nothing new for a while. */
  | (Window & {
      readonly kind: "rolling-restart";
      readonly everyMs: number;
      readonly downMs: number;
      readonly drainMs?: number;
      readonly cold?: Cold;
    })
  /** From its start (or joining) on it is slow by `factor`, which decays linearly. */
  | (Window & { readonly kind: "cold-start" } & Cold);

/** It begins slower by `factor`, which decays linearly. */
export interface Cold {
  readonly factor: number;
  readonly decayMs: number;
}
