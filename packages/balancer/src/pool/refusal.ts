// Why a connection to a server could not be had: whose doing it was decides what becomes of the request, and
// whether it says anything about the server.
import { exhaustion } from "@tandem/transport";
import type { ConnectFailure } from "./reservation.ts";

const TLS = /^(ERR_(TLS|SSL|OSSL)|CERT_|UNABLE_|DEPTH_|SELF_SIGNED|EPROTO)/;

/** The failure that a socket's error means. */
export function refusal(error: NodeJS.ErrnoException): ConnectFailure {
  const { code } = error;
  const why = wordsOf(error);
  const lacking = exhaustion(error);
  if (lacking !== undefined) return { code: "out-of-resources", why: lacking };
  const tls = code === undefined || TLS.test(code);
  return { code: tls ? "tls-refused" : "connect-refused", why };
}

/** Of several addresses, what each of them said. */
function wordsOf(error: NodeJS.ErrnoException): string {
  const all = error instanceof AggregateError ? error.errors.map(({ message }) => message) : [];
  return all.join(", ") || error.message || (error.code ?? "no reason given");
}
