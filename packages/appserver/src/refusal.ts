// Answers bytes that are no valid request: they are not HTTP, their head is beyond the limits, or their head does not
// arrive in time.
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "@tandem/transport";

const STATUSES: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/**
 * For how many milliseconds the client's further bytes are read after the answer. Closing at once would cause a reset,
 * and the client might lose the answer (RFC 9112 §9.6).
 */
const LINGER_MS = 2_000;

/**
 * Answers on the socket with an error and ends it. Does nothing when the socket was ended before, because Node may call
 * again for later bytes.
 */
export function refuseClient(
  { code = "" }: NodeJS.ErrnoException,
  socket: Socket,
  clock: Clock,
): void {
  if (socket.writableEnded) return;
  if (code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUSES[code] ?? 400;
  const body = `${status} ${STATUS_CODES[status]}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Date: ${new Date(clock.wall()).toUTCString()}`,
    "Content-Type: text/plain",
    `Content-Length: ${body.length}`,
    "Connection: close",
  ];
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
  const cut = clock.after(LINGER_MS, () => socket.destroy());
  socket.once("close", () => cut.cancel());
}
