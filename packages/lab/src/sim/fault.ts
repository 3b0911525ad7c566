// Describes what can go wrong in a run, and when: plain data, a part of the scenario. A new kind of fault needs a type
// here, and a function and a row in `faults.ts`.

/**
 * The servers that a fault affects: by their numbers, the first `first` servers, all servers of a zone, or (default)
 * all.
 */
export type Where = readonly number[] | { readonly first: number } | { readonly zone: number };

interface Window {
  readonly servers?: Where;
  /** When the fault begins. Default 0. */
  readonly atMs?: number;
  /** How long the fault lasts. Default: to the end of the run. */
  readonly forMs?: number;
}

/** `refuse`: the port is closed, and open connections are reset. `hang`: the server never answers. */
export type CrashMode = "refuse" | "hang";

export type Fault =
  | (Window & { readonly kind: "crash"; readonly mode: CrashMode })
  /** The server answers every request with an error after `latencyMs`. */
  | (Window & { readonly kind: "black-hole"; readonly latencyMs: number })
  /** The server takes `factor` times as long for every request. */
  | (Window & { readonly kind: "brown-out"; readonly factor: number })
  /**
   * The server stops for `pauseMs` again and again. The time between pauses is exponential with mean `everyMs`, or
   * exactly `everyMs` with `regular`.
   */
  | (Window & {
      readonly kind: "gc-pause";
      readonly pauseMs: number;
      readonly everyMs: number;
      readonly regular?: boolean;
    })
  /**
   * Another program takes a share of each server's machine. The share is drawn from `shares`, and drawn again after a
   * random time (exponential with mean `everyMs`), independently for each server.
   */
  | (Window & {
      readonly kind: "antagonist";
      readonly everyMs: number;
      readonly shares: readonly number[];
    })
  /** The server does the work of every request, and then this share of the requests fails. */
  | (Window & { readonly kind: "errors"; readonly share: number })
  | (Window & {
      readonly kind: "flapping";
      readonly upMs: number;
      readonly downMs: number;
      readonly mode: CrashMode;
    })
  /**
   * The servers go down and come back, one after the other. With `drainMs` each server gets no new
   * requests for `drainMs` milliseconds before it goes down.
   */
  | (Window & {
      readonly kind: "rolling-restart";
      readonly everyMs: number;
      readonly downMs: number;
      readonly drainMs?: number;
      readonly cold?: Cold;
    })
  /**
   * From the fault's start on (for example when the server joins) the server is slower by `factor`.
   * Within `decayMs` the factor falls linearly to 1.
   */
  | (Window & { readonly kind: "cold-start" } & Cold);

/** How slow a server is at its start: slower by `factor`, which falls linearly to 1 within `decayMs`. */
export interface Cold {
  readonly factor: number;
  readonly decayMs: number;
}
