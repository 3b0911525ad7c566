// The life cycle of everything that runs: a tier, a listener, a monitor.

/**
 * A service is started once, drained at most once, and stopped once. `stop` may be called in any state and is final.
 */
export interface Service {
  readonly name: string;
  /** Resolves when the service can take work. Rejects with a message that says what the operator can do. */
  start(): Promise<void>;
  /**
   * Takes no new work from now on. Resolves when running work has ended, or after `deadlineMs` milliseconds at the
   * latest. `replaced` says that another process listens on the same ports and serves in place of this one.
   */
  drain(deadlineMs: number, replaced?: boolean): Promise<void>;
  /** Ends all work at once and releases all resources: sockets, timers and files. */
  stop(): Promise<void>;
}
