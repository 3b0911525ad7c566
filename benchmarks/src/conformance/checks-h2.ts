// Checks of what was observed over HTTP/2.
import type { Check } from "./case.ts";
import type { Look } from "./checks.ts";
import { connectionEnd } from "./verdict-h2.ts";
import { ACK, type Code, type Frame, PING } from "./wire/h2/frames.ts";
import type { H2Seen, StreamSeen } from "./wire/h2/seen.ts";
import { statusOf } from "./wire/message.ts";

/** Makes a check of what was seen of HTTP/2. Returns undefined when the check holds, otherwise the difference. */
export function seen(look: (seen: H2Seen) => string | undefined): Check {
  return ({ h2 }) => (h2 === undefined ? "no HTTP/2" : look(h2));
}

/** Checks that the proxy ended the connection with GOAWAY and one of these codes, and closed it. */
export function connectionError(...codes: readonly Code[]): Check {
  return (observed) => {
    const { h2, ending } = observed;
    if (h2?.goaway === undefined || !codes.includes(h2.goaway))
      return `ended: ${(h2 && connectionEnd(observed, h2)) ?? "not at all"}`;
    return ending === "open" ? "left open" : undefined;
  };
}

/** Checks that the proxy reset the stream with one of these codes, and that the connection goes on. */
export function streamError(id: number, ...codes: readonly Code[]): Check {
  return (observed) => {
    const { h2 } = observed;
    const end = h2 && connectionEnd(observed, h2);
    if (end !== undefined) return `ended: ${end}`;
    const reset = h2?.streams.find((each) => each.id === id)?.reset;
    return reset !== undefined && codes.includes(reset) ? undefined : `ended: ${reset ?? "not"}`;
  };
}

/** Checks that the connection goes on: it is open, was not ended by GOAWAY, and the last PING was acknowledged. */
export const usable: Check = (observed) => {
  const { h2 } = observed;
  const end = h2 && connectionEnd(observed, h2);
  if (end !== undefined) return `ended: ${end}`;
  return h2?.frames.some(isPong) ? undefined : "no answer to PING";
};

export function isPong({ type, flags }: Frame): boolean {
  return type === PING && (flags & ACK) !== 0;
}

/** Checks what the proxy sent on one stream. */
export function stream(id: number, look: (stream: StreamSeen) => string | undefined): Check {
  return seen(({ streams }) => {
    const found = streams.find((each) => each.id === id);
    return found === undefined ? `nothing on stream ${id}` : look(found);
  });
}

/** Checks that the final answer on a stream is complete, has this status, and passes the looks. */
export function answeredOn(id: number, status: number, ...looks: readonly Look[]): Check {
  return stream(id, ({ answers, reset }) => {
    const answer = answers.at(-1);
    if (answer === undefined || statusOf(answer) !== status) return `answers: ${answer?.start}`;
    if (!answer.complete) return reset === undefined ? "answer incomplete" : `ended: ${reset}`;
    for (const look of looks) {
      const problem = look(answer);
      if (problem !== undefined) return problem;
    }
    return undefined;
  });
}

/**
 * Checks that the client can tell that the answer on a stream is incomplete: the stream was reset with an error, or its body
 * is not as long as its head says.
 */
export function cutOn(id: number): Check {
  return stream(id, ({ answers, reset, ended }) => {
    if (answers.at(-1)?.complete === true) return "passed as complete";
    return ended || (reset !== undefined && reset !== "NO_ERROR") ? undefined : "ended: not";
  });
}

/** Checks that the bytes that came are HTTP/2, with heads that may stand in it. Every case over HTTP/2 has this check. */
export const validH2: Check = ({ h2 }) => h2?.fault;
