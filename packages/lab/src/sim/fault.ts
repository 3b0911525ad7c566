// What can go wrong in a run, and when: plain data, a part of the scenario. A new kind is a type here, and a
// function and a row in `faults.ts`.

/** Which servers: by their numbers, the first `first` of them, all of a zone, or (default) all. */
export type Where = readonly number[] | { readonly first: number } | { readonly zone: number };

interface Window {
  readonly servers?: Where;
  /** Default 0. */
  readonly atMs?: number;
  /** Default: to the end. */
  readonly forMs?: number;
}

/** `refuse`: the port is closed, and open connections are reset. `hang`: the server never answers. */
export type CrashMode = "refuse" | "hang";

export type Fault =
  | (Window & { readonly kind: "crash"; readonly mode: CrashMode })
  /** The server answers every request with an error after `latencyMs`. */
  | (Window & { readonly kind: "black-hole"; readonly latencyMs: number })
  /** Every request takes `factor` times as long. */
  | (Window & { readonly kind: "brown-out"; readonly factor: number })
  /** The server stops for `pauseMs` again and again, after times of `everyMs`: exponential ones, or `regular` ones. */
  | (Window & {
      readonly kind: "gc-pause";
      readonly pauseMs: number;
      readonly everyMs: number;
      readonly regular?: boolean;
    })
  /** A neighbour takes a share of the machine. The share changes after exponential times, for each server by itself. */
  | (Window & {
      readonly kind: "antagonist";
      readonly everyMs: number;
      readonly shares: readonly number[];
    })
  /** The server works on every request, and then this share of them fails. */
  | (Window & { readonly kind: "errors"; readonly share: number })
  | (Window & {
      readonly kind: "flapping";
      readonly upMs: number;
      readonly downMs: number;
      readonly mode: CrashMode;
    })
  /** One server after the other goes down and comes back. With a drain it first gets no new requests for a while. */
  | (Window & {
      readonly kind: "rolling-restart";
      readonly everyMs: number;
      readonly downMs: number;
      readonly drainMs?: number;
      readonly cold?: Cold;
    })
  /** From its start (or joining) on the server is slower by `factor`, which decays linearly to 1. */
  | (Window & { readonly kind: "cold-start" } & Cold);

/** A server begins slower by `factor`, which decays linearly to 1. */
export interface Cold {
  readonly factor: number;
  readonly decayMs: number;
}
