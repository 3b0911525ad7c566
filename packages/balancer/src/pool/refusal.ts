// Why no connection to a server could be opened. The cause decides what becomes of the request, and whether the
// failure says anything about the server.
import { exhaustion } from "@tandem/transport";
import type { ConnectFailure } from "./reservation.ts";

const TLS = /^(ERR_(TLS|SSL|OSSL)|CERT_|UNABLE_|DEPTH_|SELF_SIGNED|EPROTO)/;

/** The failure that an error of the socket stands for. */
export function refusal(error: NodeJS.ErrnoException): ConnectFailure {
  const { code } = error;
  const why = wordsOf(error);
  const lacking = exhaustion(error);
  if (lacking !== undefined) return { code: "out-of-resources", why: lacking };
  const tls = code === undefined || TLS.test(code);
  return { code: tls ? "tls-refused" : "connect-refused", why };
}

/** When several addresses were tried, the messages of all of them. */
function wordsOf(error: NodeJS.ErrnoException): string {
  const all = error instanceof AggregateError ? error.errors.map(({ message }) => message) : [];
  return all.join(", ") || error.message || (error.code ?? "no reason given");
}
