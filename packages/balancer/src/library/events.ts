// What a balancer tells its program, and an emitter whose listeners cannot break a request: an error
// they throw is told like one of a hook.
import { EventEmitter } from "node:events";
import type { AccessRecord } from "@tandem/telemetry";
import type { Refusal } from "../frontend/refusal.ts";
import type { HealthChange } from "../health/backend-checks.ts";
import type { HookFault } from "./hook-filters.ts";

/** A fault of the program's own code: a hook's, with its request, or a listener's. */
export type ProgramFault =
  | HookFault
  | { readonly error: Error; readonly hook: "listener"; readonly request: undefined };

/** Events and what their listeners get. */
export interface BalancerEvents {
  /** A request has ended, whichever way: HAProxy's timers, termination state and the cause in words. */
  exchange: [record: AccessRecord];
  /** The health checks found a server able or unable to answer. */
  serverUp: [change: HealthChange];
  serverDown: [change: HealthChange];
  /** A connection was not taken: the TLS handshake failed, or too many are open. */
  refused: [refusal: Refusal];
  /** A hook or a listener threw. The request of a hook was answered 500. */
  hookError: [fault: ProgramFault];
}

export class Events extends EventEmitter<BalancerEvents> {
  constructor() {
    super({ captureRejections: true });
  }

  /** Emits `event`; never throws. */
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
    // Its own listener may be what threw: then there is nobody left to tell but the process.
    if (event === "hookError") process.emitWarning(error);
    else this.failed({ error, hook: "listener", request: undefined });
  }

  /** Tells of a fault of the program; on stderr when nobody listens, so that no 500 is a riddle. */
  failed(fault: ProgramFault): void {
    if (this.listenerCount("hookError") > 0) this.tell("hookError", fault);
    else process.emitWarning(fault.error);
  }
}
