// The life of anything that runs: a tier, a listener, a monitor.

/** Started once, drained at most once, stopped once. `stop` may be called in any state and is final. */
export interface Service {
  readonly name: string;
  /** Resolves when the service can take work; rejects with a message an operator can act on. */
  start(): Promise<void>;
  /** Takes no new work and resolves when running work has ended, or `deadlineMs` from now at the latest. */
  drain(deadlineMs: number): Promise<void>;
  /** Lets go of every resource, at once. */
  stop(): Promise<void>;
}
