// The steps of both ends of a case: bytes, pauses, and ways to end a connection.

/** Sends what was written, then closes this direction only. */
export const HALF_CLOSE = { step: "half-close" } as const;
/** Ends the connection with RST, as a killed process does. */
export const RESET = { step: "reset" } as const;
/** Waits until the peer's body has come; for the origin. */
export const BODY = { step: "body" } as const;

/** 100 Continue, if the request at hand expects it; for the origin. */
export const CONTINUE = { step: "continue" } as const;

/** Answers 200 with the head of the request as its body; for the origin. */
export const ECHO = { step: "echo" } as const;

/**
 * Bytes are text, one per character; a number is a pause in milliseconds; a pattern waits for the bytes
 * received so far to match it; a function makes bytes of those received so far.
 */
export type Step =
  | string
  | number
  | RegExp
  | ((received: string) => string)
  | typeof HALF_CLOSE
  | typeof RESET
  | typeof BODY
  | typeof CONTINUE
  | typeof ECHO;

/** The bytes of `text` one by one, with a pause after each. */
export function dribble(text: string, pauseMs: number): readonly Step[] {
  return [...text].flatMap((byte) => [byte, pauseMs]);
}
