// Checks of what was observed in a case, each readable as a sentence: `answered(200)`,
// `forwardedTimes(1)`, `closed`.
import type { Case, Check, Observed } from "./case.ts";
import { faultOf } from "./wire/faults.ts";
import { countHeads } from "./wire/h2/frames.ts";
import { type Message, statusOf, valuesOf } from "./wire/message.ts";

/** Checks one message. Returns undefined when the check holds, otherwise the difference. */
export type Look = (message: Message) => string | undefined;

/**
 * Returns the final answers. 101 (Switching Protocols) counts as final, because no other answer to
 * the same request follows it.
 */
export function finals({ responses }: Pick<Observed, "responses">): readonly Message[] {
  return responses.filter((message) => statusOf(message) >= 200 || statusOf(message) === 101);
}

/** Returns the statuses of the interim answers (1xx without 101). */
export function interims({ responses }: Pick<Observed, "responses">): readonly number[] {
  return responses
    .map(statusOf)
    .filter((status) => status >= 100 && status < 200 && status !== 101);
}

const list = (values: readonly unknown[]) => (values.length === 0 ? "none" : values.join(" "));

/** Checks that the client got exactly these final answers, in this order, each complete. */
export function answered(...statuses: readonly number[]): Check {
  return (observed) => {
    const got = finals(observed);
    if (list(got.map(statusOf)) !== list(statuses)) return `answers: ${list(got.map(statusOf))}`;
    return got.every(({ complete }) => complete) ? undefined : "answer incomplete";
  };
}

/** Checks that the client got a single answer with one of these statuses. */
export function answeredWithOneOf(...statuses: readonly number[]): Check {
  return (observed) => {
    const got = finals(observed).map(statusOf);
    return got.length === 1 && statuses.includes(got[0] ?? 0) ? undefined : `answers: ${list(got)}`;
  };
}

/** Checks that the proxy ended the client's connection. */
export const closed: Check = ({ ending }) => (ending === "open" ? "left open" : undefined);

/** Checks that the client's connection was left open for another request. */
export const keptOpen: Check = ({ ending }) => (ending === "open" ? undefined : ending);

/**
 * Checks that the proxy left the client's connection open, or announced with `Connection: close`
 * that it would close the connection. Without the announcement the client could lose its next
 * request.
 */
export const closeAnnounced: Check = (observed) => {
  if (observed.ending === "open") return undefined;
  const options = finals(observed).flatMap((message) => valuesOf(message, "connection"));
  return /\bclose\b/i.test(options.join()) ? undefined : "closed unannounced";
};

/** Checks that not a byte went to the origin. */
export const nothingForwarded: Check = ({ connections }) =>
  connections.length === 0 ? undefined : "forwarded";

/** Checks that no request reached the origin as a complete request. */
export const nothingComplete: Check = ({ requests }) =>
  requests.some(({ complete }) => complete) ? "forwarded as complete" : undefined;

/**
 * Checks that every connection on which the proxy sent bytes to the origin is closed. Otherwise the
 * origin would go on with a request that the proxy gave up.
 */
export const cutOff: Check = ({ connections }) =>
  connections.every(({ open }) => !open) ? undefined : "server connection left open";

/** Checks that the origin got exactly `count` requests, all complete: none doubled, merged or lost. */
export function forwardedTimes(count: number): Check {
  return ({ requests }) => {
    const complete = requests.filter((request) => request.complete);
    return complete.length === count && requests.length === count
      ? undefined
      : `${complete.length} requests at the server`;
  };
}

/**
 * Checks that each request at the origin is well-formed, so that all servers understand it alike.
 * Every case has this check.
 */
export const wellFormed: Check = ({ requests }) => {
  for (const request of requests) {
    const fault = faultOf(request);
    if (fault !== undefined) return `${fault} forwarded`;
  }
  return undefined;
};

/**
 * Checks that the origin got no more POSTs than the client sent, because a request that is not idempotent must not be
 * repeated.
 */
export function neverTwice({ send, protocol }: Case): Check {
  const count = (text: string) => text.split("POST /").length - 1;
  const bytes = send.filter((step) => typeof step === "string").join("");
  const sent = protocol === "h2" ? countHeads(bytes) : count(bytes);
  return ({ connections }) =>
    count(connections.map((each) => each.bytes).join("")) > sent ? "POST repeated" : undefined;
}

/** Checks the request at the origin with this index, counted from 0. */
export function request(index: number, look: Look): Check {
  return ({ requests }) => {
    const found = requests[index];
    return found === undefined ? "not forwarded" : look(found);
  };
}

/** Checks the final answer with this index, counted from 0. */
export function response(index: number, look: Look): Check {
  return (observed) => {
    const found = finals(observed)[index];
    return found === undefined ? "no answer" : look(found);
  };
}

/** Checks that the start line of the message is exactly `line`. */
export function starts(line: string): Look {
  return ({ start }) => (start === line ? undefined : `became ${start}`);
}

/** Checks that the field lines named `name` have exactly these values, in this order. */
export function has(name: string, ...values: readonly string[]): Look {
  return (message) => {
    const got = valuesOf(message, name);
    if (list(got) === list(values)) return undefined;
    return got.length === 0 ? `${name} lost` : `${name}: ${got.join(" | ")}`;
  };
}

/** Checks that the head has no field with one of these names. */
export function lacks(...names: readonly string[]): Look {
  return (message) => {
    const kept = names.find((name) => valuesOf(message, name).length > 0);
    return kept === undefined ? undefined : `${kept} kept`;
  };
}

/** Checks that the body is complete and exactly `text`. */
export function body(text: string): Look {
  return (message) => {
    if (message.body === text && message.complete) return undefined;
    return message.complete ? "body changed" : "body incomplete";
  };
}

/** Checks that the trailers are exactly `lines`, with their names in lower case. */
export function trailers(...lines: readonly string[]): Look {
  return (message) => {
    const got = message.trailers.map(([name, value]) => `${name.toLowerCase()}: ${value}`);
    return list(got) === list(lines) ? undefined : `trailers: ${list(got)}`;
  };
}

/** Makes a check that holds when all of `looks` hold. */
export function all(...looks: readonly Look[]): Look {
  return (message) => {
    for (const look of looks) {
      const problem = look(message);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}

/** Checks that the interim answers have exactly these statuses. */
export function informed(...statuses: readonly number[]): Check {
  return (observed) => {
    const got = interims(observed);
    return list(got) === list(statuses) ? undefined : `interim: ${list(got)}`;
  };
}

/**
 * Checks that the client can tell that the answer is incomplete. The connection must end before the
 * framing of the answer is finished. If the answer lasts until close, the connection must end with
 * a reset.
 */
export const truncated: Check = (observed) => {
  if (observed.ending === "open") return "hang";
  const answer = finals(observed).at(-1);
  if (answer === undefined) return observed.ending;
  if (answer.framing === "until-close" && observed.ending === "closed") return "passed as complete";
  return answer.complete && answer.framing !== "until-close" ? "passed as complete" : undefined;
};

/**
 * Checks on each connection that the origin had answered a request before the next request came.
 */
export const oneAtATime: Check = ({ connections }) => {
  for (const { headAt, answeredAt } of connections)
    for (let i = 1; i < headAt.length; i++)
      if ((headAt[i] ?? 0) < (answeredAt[i - 1] ?? Number.POSITIVE_INFINITY)) return "sent ahead";
  return undefined;
};
