// Works out why a connection to a server could not be opened. The cause decides how the request goes on, and whether
// the failure counts against the server.
import { exhaustion } from "@tandem/transport";
import type { ConnectFailure } from "./reservation.ts";

const TLS = /^(ERR_(TLS|SSL|OSSL)|CERT_|UNABLE_|DEPTH_|SELF_SIGNED|EPROTO)/;

/** Returns the kind of failure that an error of the socket means. */
export function refusal(error: NodeJS.ErrnoException): ConnectFailure {
  const { code } = error;
  const why = wordsOf(error);
  const lacking = exhaustion(error);
  if (lacking !== undefined) return { code: "out-of-resources", why: lacking };
  const tls = code === undefined || TLS.test(code);
  return { code: tls ? "tls-refused" : "connect-refused", why };
}

/** Returns the message of the error. When several addresses were tried, returns the messages of all attempts. */
function wordsOf(error: NodeJS.ErrnoException): string {
  const all = error instanceof AggregateError ? error.errors.map(({ message }) => message) : [];
  return all.join(", ") || error.message || (error.code ?? "no reason given");
}
