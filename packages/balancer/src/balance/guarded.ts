// Guards the balancer against a faulty custom algorithm. When the algorithm throws or returns an unusable
// server, a stand-in algorithm chooses for that request, so that every request gets a usable server as long
// as there is one. The operator gets a message.
import {
  isCandidate,
  type PickContext,
  type Picker,
  type PickReason,
  type PickServer,
} from "@tandem/algorithms";
import { REASON_COUNTERS } from "../memory/counters.ts";

/**
 * A function that tells the operator about a problem. The function itself has to limit how often the same message is
 * repeated.
 */
export type Complain = (message: string) => void;

/**
 * Returns a picker that guards `inner`. The picker has only those optional methods that `inner` has, so that no empty
 * method is called.
 */
export function guarded<S extends PickServer>(
  inner: Picker<S>,
  standIn: Picker<S>,
  complain: Complain,
): Picker<S> {
  const shielded = <A extends readonly unknown[], R>(
    name: string,
    call: ((...given: A) => R) | undefined,
    otherwise: R,
  ) =>
    typeof call === "function" && {
      [name]: (...given: A): R => {
        try {
          return call.apply(inner, given as never);
        } catch (error) {
          complain(`the custom algorithm threw in ${name}: ${words(error)}`);
          return otherwise;
        }
      },
    };
  return Object.assign(new Choice(inner, standIn, complain), {
    ...shielded("started", inner.started, undefined),
    ...shielded("firstByte", inner.firstByte, undefined),
    ...shielded("ended", inner.ended, undefined),
    ...shielded("report", inner.report, undefined),
    ...shielded<[], readonly S[]>("probes", inner.probes, []),
  });
}

class Choice<S extends PickServer> implements Picker<S> {
  readonly #inner: Picker<S>;
  readonly #standIn: Picker<S>;
  readonly #complain: Complain;
  #servers: readonly S[] = [];
  why: PickReason = "none";

  constructor(inner: Picker<S>, standIn: Picker<S>, complain: Complain) {
    this.#inner = inner;
    this.#standIn = standIn;
    this.#complain = complain;
  }

  update(servers: readonly S[]): void {
    this.#servers = servers;
    this.#standIn.update(servers);
    try {
      this.#inner.update(servers);
    } catch (error) {
      this.#complain(`the custom algorithm threw in update: ${words(error)}`);
    }
  }

  pick(context: PickContext<S>): S | undefined {
    const picked = this.#ask(context);
    if (picked !== undefined) return picked;
    const server = this.#standIn.pick(context);
    this.why = server === undefined ? "none" : "fallback";
    return server;
  }

  #ask(context: PickContext<S>): S | undefined {
    try {
      const picked = this.#inner.pick(context);
      if (picked === undefined) {
        const missed = this.#servers.find((server) => isCandidate(server, context.tried));
        if (missed !== undefined)
          this.#complain(
            "the custom algorithm picked no server, though one of its list may be picked",
          );
        return undefined;
      }
      if (this.#servers.includes(picked) && isCandidate(picked, context.tried)) {
        const { why } = this.#inner;
        this.why = Object.hasOwn(REASON_COUNTERS, why ?? "") ? why : "first-choice";
        return picked;
      }
      this.#complain(
        "the custom algorithm picked a server that is full, down, already tried or not in the list",
      );
    } catch (error) {
      this.#complain(`the custom algorithm threw in pick: ${words(error)}`);
    }
    return undefined;
  }
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
