// Checks of a case's outcome, each readable as a sentence: `answered(200)`, `forwarded(…)`, `closed`.
import type { Case, Check, Observed } from "./case.ts";
import { faultOf } from "./wire/faults.ts";
import { type Message, statusOf, valuesOf } from "./wire/message.ts";

/** A check of one message: undefined when it holds, otherwise the difference. */
export type Look = (message: Message) => string | undefined;

/** Final answers: interim ones left out, 101 kept. */
export function finals({ responses }: Observed): readonly Message[] {
  return responses.filter((message) => statusOf(message) >= 200 || statusOf(message) === 101);
}

/** Statuses of the interim answers. */
export function interims({ responses }: Observed): readonly number[] {
  return responses
    .map(statusOf)
    .filter((status) => status >= 100 && status < 200 && status !== 101);
}

const list = (values: readonly unknown[]) => (values.length === 0 ? "none" : values.join(" "));

/** Exactly these final answers, in this order, each complete. */
export function answered(...statuses: readonly number[]): Check {
  return (observed) => {
    const got = finals(observed);
    if (list(got.map(statusOf)) !== list(statuses)) return `answers: ${list(got.map(statusOf))}`;
    return got.every(({ complete }) => complete) ? undefined : "answer incomplete";
  };
}

/** A single answer with one of these statuses. */
export function answeredWithOneOf(...statuses: readonly number[]): Check {
  return (observed) => {
    const got = finals(observed).map(statusOf);
    return got.length === 1 && statuses.includes(got[0] ?? 0) ? undefined : `answers: ${list(got)}`;
  };
}

/** The proxy ended the client's connection. */
export const closed: Check = ({ ending }) => (ending === "open" ? "left open" : undefined);

/** The connection may carry another request. */
export const keptOpen: Check = ({ ending }) => (ending === "open" ? undefined : ending);

/**
 * The proxy announced in its answer that it will end the connection, and ended it, so the client sends no further
 * request.
 */
export const closeAnnounced: Check = (observed) => {
  if (observed.ending === "open") return undefined;
  const options = finals(observed).flatMap((message) => valuesOf(message, "connection"));
  return /\bclose\b/i.test(options.join()) ? undefined : "closed unannounced";
};

/** Not a byte went to the origin. */
export const nothingForwarded: Check = ({ connections }) =>
  connections.length === 0 ? undefined : "forwarded";

/** The origin got no complete request: whatever had been sent was cut off. */
export const nothingComplete: Check = ({ requests }) =>
  requests.some(({ complete }) => complete) ? "forwarded as complete" : undefined;

/** Connections to the origin on which a request was cut off are closed. */
export const cutOff: Check = ({ connections }) =>
  connections.every(({ open }) => !open) ? undefined : "server connection left open";

/** The origin got exactly `count` requests, all complete: none doubled, merged or lost. */
export function forwardedTimes(count: number): Check {
  return ({ requests }) => {
    const complete = requests.filter((request) => request.complete);
    return complete.length === count && requests.length === count
      ? undefined
      : `${complete.length} requests at the server`;
  };
}

/** Every request at the origin is one that all servers read alike. Checked in every case. */
export const wellFormed: Check = ({ requests }) => {
  for (const request of requests) {
    const fault = faultOf(request);
    if (fault !== undefined) return `${fault} forwarded`;
  }
  return undefined;
};

/**
 * The origin got no more POSTs than the client sent, because a request that is not idempotent is never repeated.
 */
export function neverTwice({ send }: Case): Check {
  const count = (text: string) => text.split("POST /").length;
  const sent = count(send.filter((step) => typeof step === "string").join(""));
  return ({ connections }) =>
    count(connections.map(({ bytes }) => bytes).join("")) > sent ? "POST repeated" : undefined;
}

/** Checks the `index`th request at the origin. */
export function request(index: number, look: Look): Check {
  return ({ requests }) => {
    const found = requests[index];
    return found === undefined ? "not forwarded" : look(found);
  };
}

/** Checks the `index`th final answer. */
export function response(index: number, look: Look): Check {
  return (observed) => {
    const found = finals(observed)[index];
    return found === undefined ? "no answer" : look(found);
  };
}

/** The first line is exactly that. */
export function starts(line: string): Look {
  return ({ start }) => (start === line ? undefined : `became ${start}`);
}

/** The lines of that name have exactly these values, in this order. */
export function has(name: string, ...values: readonly string[]): Look {
  return (message) => {
    const got = valuesOf(message, name);
    if (list(got) === list(values)) return undefined;
    return got.length === 0 ? `${name} lost` : `${name}: ${got.join(" | ")}`;
  };
}

/** No line of any of these names. */
export function lacks(...names: readonly string[]): Look {
  return (message) => {
    const kept = names.find((name) => valuesOf(message, name).length > 0);
    return kept === undefined ? undefined : `${kept} kept`;
  };
}

/** The body is exactly that. */
export function body(text: string): Look {
  return (message) => {
    if (message.body === text && message.complete) return undefined;
    return message.complete ? "body changed" : "body incomplete";
  };
}

/** Trailers are exactly these lines, names in lower case. */
export function trailers(...lines: readonly string[]): Look {
  return (message) => {
    const got = message.trailers.map(([name, value]) => `${name.toLowerCase()}: ${value}`);
    return list(got) === list(lines) ? undefined : `trailers: ${list(got)}`;
  };
}

/** All of these. */
export function all(...looks: readonly Look[]): Look {
  return (message) => {
    for (const look of looks) {
      const problem = look(message);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}

/** Interim answers are exactly these. */
export function informed(...statuses: readonly number[]): Check {
  return (observed) => {
    const got = interims(observed);
    return list(got) === list(statuses) ? undefined : `interim: ${list(got)}`;
  };
}

/** The client can tell that the answer is incomplete: its framing is unfinished and the connection is closed. */
export const truncated: Check = (observed) => {
  if (observed.ending === "open") return "hang";
  const answer = finals(observed).at(-1);
  if (answer === undefined) return observed.ending;
  if (answer.framing === "until-close" && observed.ending === "closed") return "passed as complete";
  return answer.complete && answer.framing !== "until-close" ? "passed as complete" : undefined;
};

/** The origin had answered one request before it got the next. */
export const oneAtATime: Check = ({ connections }) => {
  for (const { headAt, answeredAt } of connections)
    for (let i = 1; i < headAt.length; i++)
      if ((headAt[i] ?? 0) < (answeredAt[i - 1] ?? Number.POSITIVE_INFINITY)) return "sent ahead";
  return undefined;
};
