// The steps of both ends of a case: bytes, pauses, and ways to end a connection.

/** Sends the bytes written so far, then closes the sending side of the connection only. */
export const HALF_CLOSE = { step: "half-close" } as const;
/** Ends the connection with RST, as a killed process does. */
export const RESET = { step: "reset" } as const;
/** Waits until the request's body has come; for the origin. */
export const BODY = { step: "body" } as const;

/** Sends 100 Continue if the current request expects it; for the origin. */
export const CONTINUE = { step: "continue" } as const;

/** Answers 200 with the head of the request as its body; for the origin. */
export const ECHO = { step: "echo" } as const;

/**
 * A step. A text is bytes to send, one per character. A number is a pause in milliseconds. A pattern waits until the
 * bytes received so far match it. A function makes the bytes to send from the bytes received so far.
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

/** Returns steps that send the bytes of `text` one by one, with a pause after each. */
export function dribble(text: string, pauseMs: number): readonly Step[] {
  return [...text].flatMap((byte) => [byte, pauseMs]);
}
