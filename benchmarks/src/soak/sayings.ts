// The answer says `Connection: close`. Otherwise a proxy might keep the connection and send another request on it
// just when the reset comes.
const HEAD = "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\n";

/** The bytes that a server sends before it closes: an answer, or the last bytes of a tunnel (`frame`). */
export const SAYINGS = {
  short: `${HEAD}Content-Length: 5\r\n\r\nlarge`,
  long: `${HEAD}Content-Length: 60000\r\n\r\n${"x".repeat(60_000)}`,
  close: `${HEAD}\r\n${"x".repeat(60_000)}`,
  frame: "LAST FRAME",
} as const;

export type Saying = keyof typeof SAYINGS;

/** Whether a client received the whole answer. The answer may have come in chunks. */
export function arrived(kind: Saying, received: string): boolean {
  if (kind === "frame") return received.endsWith(SAYINGS.frame);
  if (!received.startsWith("HTTP/1.1 413 ")) return false;
  return kind === "short" ? received.endsWith("large") : received.split("x").length > 60_000;
}
