// Functions that build the usual parts of cases: heads, requests, actions of the origin, and whole
// cases in which a head or a body must be refused.
import type { Case } from "../case.ts";
import { answered, closed, cutOff, nothingComplete, nothingForwarded } from "../checks.ts";
import type { Turn } from "../wire/raw-origin.ts";
import type { Step } from "../wire/steps.ts";

/** Returns a head: the given lines, then the empty line. */
export function head(...lines: readonly string[]): string {
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** Returns a GET of `/` over HTTP/1.1 with the given field lines in addition to its Host. */
export function get(...fields: readonly string[]): string {
  return head("GET / HTTP/1.1", "Host: example.com", ...fields);
}

/** Returns a POST to `/` over HTTP/1.1 with the given field lines in addition to its Host, and with `body`. */
export function post(fields: readonly string[], body = ""): string {
  return head("POST / HTTP/1.1", "Host: example.com", ...fields) + body;
}

/** Returns the head of a 200 answer with the given field lines. */
export function ok(...fields: readonly string[]): string {
  return head("HTTP/1.1 200 OK", ...fields);
}

/**
 * Makes a turn (what the origin does for one request). The origin begins with the steps when the
 * request is complete.
 */
export function turn(...steps: readonly Step[]): Turn {
  return { at: "request", steps };
}

/**
 * Makes a turn (what the origin does for one request). The origin begins with the steps when the
 * request's head has come.
 */
export function turnAtHead(...steps: readonly Step[]): Turn {
  return { at: "head", steps };
}

type Refused = Pick<Case, "id" | "title" | "source"> &
  Partial<Pick<Case, "needs" | "patienceMs" | "methods">>;

/**
 * A request that is sent right behind a refused head. A proxy that wrongly continued after the
 * refusal would forward this request.
 */
const TAIL = get("X-Smuggled: 1");

/**
 * Makes a case in which the head must be refused with `status` and the connection closed. The origin must receive
 * nothing.
 */
export function refused(status: number, about: Refused, bytes: string): Case {
  return {
    ...about,
    rule: `${status}, close`,
    send: [bytes],
    answers: 0,
    refuses: "head",
    checks: [nothingForwarded, answered(status), closed],
  };
}

/**
 * Makes a case in which the head must be refused with `status`. A well-formed request follows the
 * refused head and must not be answered either.
 */
export function refusedWithTail(status: number, about: Refused, bytes: string): Case {
  return refused(status, about, bytes + TAIL);
}

/**
 * Makes a case with a valid head and an invalid body. The client must get `status`, and the request
 * at the origin must stay incomplete.
 */
export function refusedInBody(status: number, about: Refused, ...send: readonly Step[]): Case {
  return {
    ...about,
    rule: `${status}, close; cut off at the server`,
    send,
    answers: 0,
    refuses: "body",
    checks: [nothingComplete, answered(status), closed, cutOff],
  };
}
