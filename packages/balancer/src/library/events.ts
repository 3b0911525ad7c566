// The events that a balancer emits to the program that embeds it. An error that a listener throws cannot break a
// request. The error is reported in the same way as an error of a hook.
import { EventEmitter } from "node:events";
import type { AccessRecord } from "@tandem/telemetry";
import type { Refusal } from "../frontend/refusal.ts";
import type { HealthChange } from "../health/backend-checks.ts";
import type { HookFault } from "./hook-filters.ts";

/**
 * An error in the embedding program's code, thrown by a hook or by a listener of an event.
 * `request` is the request that the hook was called for; undefined for a listener.
 */
export type ProgramFault =
  | HookFault
  | { readonly error: Error; readonly hook: "listener"; readonly request: undefined };

/** The events by name, each with the arguments that its listeners get. */
export interface BalancerEvents {
  /**
   * Emitted when a request has ended. `record` has HAProxy's timers and termination state, and the cause of a failure
   * in words.
   */
  exchange: [record: AccessRecord];
  /**
   * `serverUp` is emitted when the health checks find that a server answers again, `serverDown`
   * when they find that it no longer answers.
   */
  serverUp: [change: HealthChange];
  serverDown: [change: HealthChange];
  /** Emitted when a connection is refused: its TLS handshake failed, or too many connections are open. */
  refused: [refusal: Refusal];
  /** Emitted when a hook or a listener has thrown. When a hook threw, its request is answered with 500. */
  hookError: [fault: ProgramFault];
}

export class Events extends EventEmitter<BalancerEvents> {
  constructor() {
    super({ captureRejections: true });
  }

  /** Emits `event`. Never throws: an error of a listener is reported. */
  tell<E extends keyof BalancerEvents>(event: E, subject: BalancerEvents[E][0]): void {
    try {
      (this as EventEmitter).emit(event, subject);
    } catch (error) {
      this.#report(event, error);
    }
  }

  /** Node calls this when the promise of an async listener is rejected. */
  [Symbol.for("nodejs.rejection")](error: unknown, event: string): void {
    this.#report(event, error);
  }

  #report(event: string, thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    // The listener of "hookError" may itself have thrown. Then only a warning of the process can still report the
    // error.
    if (event === "hookError") process.emitWarning(error);
    else this.failed({ error, hook: "listener", request: undefined });
  }

  /**
   * Reports an error of the embedding program: emits "hookError". When that event has no listener, writes the error to
   * stderr, so that the cause of a 500 can be found.
   */
  failed(fault: ProgramFault): void {
    if (this.listenerCount("hookError") > 0) this.tell("hookError", fault);
    else process.emitWarning(fault.error);
  }
}
