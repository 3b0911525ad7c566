// Functions in which cases are written: requests and turns in their usual shapes, and the two ways of refusing.
import type { Case } from "../case.ts";
import { answered, closed, cutOff, nothingComplete, nothingForwarded } from "../checks.ts";
import type { Turn } from "../wire/raw-origin.ts";
import type { Step } from "../wire/steps.ts";

/** A head: its lines, then the empty line. */
export function head(...lines: readonly string[]): string {
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** A GET of `/` on HTTP/1.1 with these further field lines. */
export function get(...fields: readonly string[]): string {
  return head("GET / HTTP/1.1", "Host: example.com", ...fields);
}

/** A POST to `/` on HTTP/1.1 with these further field lines, and then its body. */
export function post(fields: readonly string[], body = ""): string {
  return head("POST / HTTP/1.1", "Host: example.com", ...fields) + body;
}

/** A response head. */
export function ok(...fields: readonly string[]): string {
  return head("HTTP/1.1 200 OK", ...fields);
}

/** These steps, once the request is complete. */
export function turn(...steps: readonly Step[]): Turn {
  return { at: "request", steps };
}

/** These steps, as soon as the request's head is there. */
export function turnAtHead(...steps: readonly Step[]): Turn {
  return { at: "head", steps };
}

type Refused = Pick<Case, "id" | "title" | "source"> &
  Partial<Pick<Case, "needs" | "patienceMs" | "methods">>;

/** What follows a refused head. A server that wrongly continued would read it as another request. */
const TAIL = get("X-Smuggled: 1");

/** The head is refused with `status` and the connection closed; the origin sees nothing. */
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

/** A refused head, with a well-formed request behind it that must not be answered either. */
export function refusedWithTail(status: number, about: Refused, bytes: string): Case {
  return refused(status, about, bytes + TAIL);
}

/** The head is valid and the body is not: 400, and the request to the origin is cut off. */
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
