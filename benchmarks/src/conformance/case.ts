// What a case is: the bytes a client sends, what the origin does about them, and what our rule wants to
// be seen at both ends. Cases are in `cases/`, one file a topic.
import type { Message } from "./wire/message.ts";
import type { Ending } from "./wire/raw-client.ts";
import type { OriginConnection, Turn } from "./wire/raw-origin.ts";
import type { Step } from "./wire/steps.ts";

/** What both ends saw of a case. */
export interface Observed {
  /** All the client got. */
  readonly received: string;
  /** Final answers and interim ones, as far as the bytes are HTTP. */
  readonly responses: readonly Message[];
  readonly ending: Ending;
  /** Every request at the origin, well-formed or not. */
  readonly requests: readonly Message[];
  readonly connections: readonly OriginConnection[];
  /** Milliseconds from the client's first byte to the last thing that happened at the client. */
  readonly elapsedMs: number;
}

/** Undefined when our rule holds, else in a few words what was different. */
export type Check = (observed: Observed) => string | undefined;

/** What has to be set up at a proxy for a case to mean something. */
export type Need = "short timeouts" | "body limit" | "upgrades" | "trusted client" | "rules";

export interface Case {
  readonly id: string;
  readonly title: string;
  /** The section that decides, or leaves it to us. */
  readonly source: string;
  /** What we do, in a few words for the table. */
  readonly rule: string;
  readonly send: readonly Step[];
  /** What another client sends on a connection of its own, once the first has its answers, which stays. */
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
   * What must not be passed on: the request for its head or for its body, or the server's answer. Another
   * refusal than ours is as safe.
   */
  readonly refuses?: "head" | "body" | "answer";
  /** Milliseconds to wait before it is called a hang. */
  readonly patienceMs?: number;
}

/** A file of cases. */
export interface Topic {
  readonly name: string;
  readonly title: string;
  readonly cases: readonly Case[];
}
