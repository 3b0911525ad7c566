// Visits of TLS clients that come back with the session of an earlier visit.
import { once } from "node:events";
import { connect, type SecureVersion } from "node:tls";

/** How often a client comes back. The kernel spreads so many connections over all threads. */
export const TIMES = 40;
export const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;

export interface Visit {
  readonly resumed: boolean;
  /** The TLS session that the client resumes at its next visit. */
  readonly session: Buffer | undefined;
}

/** Connects, requests `/` and reads the answer. When the answer is complete, the session ticket has arrived too. */
export async function visit(
  port: number,
  version: SecureVersion,
  session?: Buffer,
  servername = "a.test",
): Promise<Visit> {
  const socket = connect({
    ...{ port, host: "127.0.0.1", servername, rejectUnauthorized: false },
    ...{ minVersion: version, maxVersion: version, ...(session && { session }) },
  });
  let given: Buffer | undefined;
  socket.on("session", (ticket) => {
    given = ticket;
  });
  await once(socket, "secureConnect");
  const resumed = socket.isSessionReused();
  socket.write("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
  socket.resume();
  await once(socket, "close");
  return { resumed, session: given };
}

/** Opens 40 connections with the ticket `session`. Returns how many of them resume that session. */
export async function resumptions(
  port: number,
  version: SecureVersion,
  session?: Buffer,
): Promise<number> {
  let resumed = 0;
  for (let time = 0; time < TIMES; time++)
    if ((await visit(port, version, session)).resumed) resumed += 1;
  return resumed;
}
