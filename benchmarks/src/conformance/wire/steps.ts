// The steps that the client and the origin of a case can do: send bytes, pause, or end a
// connection.

/** Sends the bytes written so far, then closes only the sending side of the connection. */
export const HALF_CLOSE = { step: "half-close" } as const;
/** Ends the connection with RST, as a killed process does. */
export const RESET = { step: "reset" } as const;
/** Waits until the request's body has come. Only the origin does this step. */
export const BODY = { step: "body" } as const;

/** Sends 100 Continue if the current request expects it. Only the origin does this step. */
export const CONTINUE = { step: "continue" } as const;

/** Answers 200 with the head of the request as its body. Only the origin does this step. */
export const ECHO = { step: "echo" } as const;

/** Waits until the bytes received so far are as they should be, or the connection has ended. Only the client does this step. */
export interface Until {
  readonly step: "until";
  /** What is awaited, for people. */
  readonly what: string;
  holds(received: string): boolean;
}

/**
 * A step. A text is bytes to send, one byte per character. A number is a pause in milliseconds. A
 * pattern waits until the bytes received so far match it. A function makes the bytes to send from
 * the bytes received so far. Only the client supports patterns and functions.
 */
export type Step =
  | string
  | number
  | RegExp
  | ((received: string) => string)
  | Until
  | typeof HALF_CLOSE
  | typeof RESET
  | typeof BODY
  | typeof CONTINUE
  | typeof ECHO;

/** Returns steps that send the bytes of `text` one by one, with a pause after each. */
export function dribble(text: string, pauseMs: number): readonly Step[] {
  return [...text].flatMap((byte) => [byte, pauseMs]);
}
