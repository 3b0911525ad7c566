// A conformance case: the bytes that a client sends through a proxy, how the origin server behind
// the proxy answers, and the checks that the result must pass. The cases are in `cases/`, one file
// per topic.
import type { H2Seen } from "./wire/h2/seen.ts";
import type { Message } from "./wire/message.ts";
import type { Ending } from "./wire/raw-client.ts";
import type { OriginConnection, Turn } from "./wire/raw-origin.ts";
import type { Step } from "./wire/steps.ts";

/** The bytes and messages that the client and the origin saw in a case. */
export interface Observed {
  /** All bytes that the client received. */
  readonly received: string;
  /** The final and interim (1xx) answers in `received` whose heads are complete. */
  readonly responses: readonly Message[];
  readonly ending: Ending;
  /** The frames and streams in `received` when the client speaks HTTP/2; otherwise undefined. */
  readonly h2: H2Seen | undefined;
  /** Every request whose head the origin received, well-formed or not. */
  readonly requests: readonly Message[];
  readonly connections: readonly OriginConnection[];
  /**
   * Milliseconds from the moment the client starts to send until it receives its last byte or its
   * connection ends, whichever is later.
   */
  readonly elapsedMs: number;
}

/**
 * Checks one aspect of what was observed in a case. Returns undefined when the check holds,
 * otherwise the difference in a few words.
 */
export type Check = (observed: Observed) => string | undefined;

/** A setting that a proxy needs for a case; a proxy without it does not run the case. */
export type Need = "short timeouts" | "body limit" | "upgrades" | "trusted client" | "rules";

export interface Case {
  readonly id: string;
  readonly title: string;
  /**
   * The RFC section that prescribes `rule` or leaves the decision to the implementation; "—" when
   * no RFC covers the case.
   */
  readonly source: string;
  /** Tandem's rule: how Tandem must act in this case, in a few words for the published table. */
  readonly rule: string;
  /** What the client speaks. The origin always speaks HTTP/1.1. The default is `h1`. */
  readonly protocol?: "h1" | "h2";
  /** The cases of the program h2spec that ask the same, such as `http2/5.1/3`. */
  readonly h2spec?: readonly string[];
  readonly send: readonly Step[];
  /**
   * What a second client sends on its own connection once the first client has its answers. The
   * first connection stays open meanwhile.
   */
  readonly thenAnother?: readonly Step[];
  /** What the origin does: a `Turn` for each request, in order. Requests after the last turn get 200 and "hello". */
  readonly origin?: readonly Turn[];
  /** The requests' methods, in order, because an answer to HEAD has no body. A missing method counts as GET. */
  readonly methods?: readonly string[];
  /**
   * How many final answers to wait for; 0 = wait until the connection is closed. Over HTTP/2 a stream that is reset counts
   * as answered, and 0 = wait for nothing but what `send` itself waits for. Behind a GOAWAY with an error code the wait goes
   * on until the connection is closed.
   */
  readonly answers: number;
  readonly checks: readonly Check[];
  readonly needs?: Need;
  /**
   * What a proxy must refuse in this case: a request with a bad head, a request with a bad body, a
   * bad answer of the server, or a frame of HTTP/2. A proxy that refuses with another status or
   * error code than Tandem's counts as equally safe.
   */
  readonly refuses?: "head" | "body" | "answer" | "frame";
  /**
   * After this many milliseconds without the awaited answers or the end of the connection, the case
   * counts as a hang. The default is 2500.
   */
  readonly patienceMs?: number;
}

/** The cases of one file. They become one table of the published page. */
export interface Topic {
  readonly name: string;
  readonly title: string;
  readonly cases: readonly Case[];
}
