// A case: the bytes that a client sends, what the origin does with them, and what our rule expects at both ends.
// Cases are in `cases/`, one file a topic.
import type { Message } from "./wire/message.ts";
import type { Ending } from "./wire/raw-client.ts";
import type { OriginConnection, Turn } from "./wire/raw-origin.ts";
import type { Step } from "./wire/steps.ts";

/** The bytes and messages that the client and the origin saw in a case. */
export interface Observed {
  /** All bytes that the client received. */
  readonly received: string;
  /** Final and interim answers that the client received, as far as its bytes are HTTP. */
  readonly responses: readonly Message[];
  readonly ending: Ending;
  /** Every request at the origin, well-formed or not. */
  readonly requests: readonly Message[];
  readonly connections: readonly OriginConnection[];
  /**
   * Milliseconds from the client's first byte to the last byte that the client received or the end of its connection.
   */
  readonly elapsedMs: number;
}

/** Judges an outcome. Returns undefined when our rule holds, otherwise the difference in a few words. */
export type Check = (observed: Observed) => string | undefined;

/** A setting that a proxy needs for a case; a proxy without it does not run the case. */
export type Need = "short timeouts" | "body limit" | "upgrades" | "trusted client" | "rules";

export interface Case {
  readonly id: string;
  readonly title: string;
  /** The section of the RFC that prescribes our rule, or that leaves the decision to the implementation. */
  readonly source: string;
  /** Our rule: how Tandem acts, in a few words for the table. */
  readonly rule: string;
  readonly send: readonly Step[];
  /**
   * What another client sends on a connection of its own after the first client has its answers; the first
   * connection stays open.
   */
  readonly thenAnother?: readonly Step[];
  /** The origin's actions, one turn per request. Requests after the last turn get 200 and "hello". */
  readonly origin?: readonly Turn[];
  /** Methods of the requests in the order in which they are sent; left out when all are GET or POST. */
  readonly methods?: readonly string[];
  /** How many final answers to wait for; 0 = wait until the connection is closed. */
  readonly answers: number;
  readonly checks: readonly Check[];
  readonly needs?: Need;
  /**
   * What a proxy must not pass on in this case: the request because of its head or its body, or the server's answer.
   * A proxy that refuses it with another status than ours is equally safe.
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
