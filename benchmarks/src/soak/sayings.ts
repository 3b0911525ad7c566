// What the server of the test early-answers sends. Each answer says `Connection: close`. Otherwise a
// proxy might send another request on the connection just when the server resets it.
const HEAD = "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\n";

/**
 * The bytes that a server sends before it closes the connection: an answer with a short or a long
 * body, an answer whose body ends with the connection (`close`), or the last bytes of a tunnel
 * (`frame`).
 */
export const SAYINGS = {
  short: `${HEAD}Content-Length: 5\r\n\r\nlarge`,
  long: `${HEAD}Content-Length: 60000\r\n\r\n${"x".repeat(60_000)}`,
  close: `${HEAD}\r\n${"x".repeat(60_000)}`,
  frame: "LAST FRAME",
} as const;

export type Saying = keyof typeof SAYINGS;

/**
 * Whether `received`, the bytes that a client received, has the whole answer. The proxy may have
 * sent the body in chunks.
 */
export function arrived(kind: Saying, received: string): boolean {
  if (kind === "frame") return received.endsWith(SAYINGS.frame);
  if (!received.startsWith("HTTP/1.1 413 ")) return false;
  return kind === "short" ? received.endsWith("large") : received.split("x").length > 60_000;
}
