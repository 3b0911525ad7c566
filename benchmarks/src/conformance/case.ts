// A case: the bytes that a client sends, what the origin does with them, and what our rule expects at both ends.
// Cases are in `cases/`, one file a topic.
import type { Message } from "./wire/message.ts";
import type { Ending } from "./wire/raw-client.ts";
import type { OriginConnection, Turn } from "./wire/raw-origin.ts";
import type { Step } from "./wire/steps.ts";

/** What both ends saw in a case. */
export interface Observed {
  /** All bytes that the client received. */
  readonly received: string;
  /** Final and interim answers, as far as the bytes are HTTP. */
  readonly responses: readonly Message[];
  readonly ending: Ending;
  /** Every request at the origin, well-formed or not. */
  readonly requests: readonly Message[];
  readonly connections: readonly OriginConnection[];
  /** Milliseconds from the client's first byte to the last thing that happened at the client. */
  readonly elapsedMs: number;
}

/** Undefined when our rule holds; otherwise the difference in a few words. */
export type Check = (observed: Observed) => string | undefined;

/** The set-up of the proxy that a case needs to be meaningful. */
export type Need = "short timeouts" | "body limit" | "upgrades" | "trusted client" | "rules";

export interface Case {
  readonly id: string;
  readonly title: string;
  /** The section of the RFC that decides, or that leaves the decision to us. */
  readonly source: string;
  /** What we do, in a few words for the table. */
  readonly rule: string;
  readonly send: readonly Step[];
  /**
   * What another client sends on a connection of its own after the first client has its answers; the first
   * connection stays open.
   */
  readonly thenAnother?: readonly Step[];
  /** One turn per request; a request beyond them gets 200 and "hello". */
  readonly origin?: readonly Turn[];
  /** Methods of the requests sent, in order, where they are not all GET or POST. */
  readonly methods?: readonly string[];
  /** Final answers to wait for; 0 = until the connection is closed. */
  readonly answers: number;
  readonly checks: readonly Check[];
  readonly needs?: Need;
  /**
   * What must not be passed on: the request because of its head or its body, or the server's answer. A refusal that
   * differs from ours is equally safe.
   */
  readonly refuses?: "head" | "body" | "answer";
  /** After this many milliseconds without an outcome the case counts as a hang. */
  readonly patienceMs?: number;
}

/** A file of cases. */
export interface Topic {
  readonly name: string;
  readonly title: string;
  readonly cases: readonly Case[];
}
