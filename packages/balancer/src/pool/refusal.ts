// Works out why a connection to a server could not be opened. The cause decides how the request goes on, and whether
// the failure counts against the server.
import { exhaustion } from "@tandem/transport";
import type { ConnectFailure } from "./connect-failure.ts";

const TLS = /^(ERR_(TLS|SSL|OSSL)|EPROTO)/;

/**
 * What the operator is told when a server's certificate was refused, by the code of Node's error. The settings named
 * are those of the backend.
 */
const CERTIFICATE: readonly (readonly [code: RegExp, why: string])[] = [
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$|^HOSTNAME_MISMATCH$/,
    "the server's certificate is for other names; set tls.serverName to one that it is for, or give the server another certificate",
  ],
  [
    /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|INVALID_CA)/,
    "no authority in tls.ca (without tls.ca: none of the system's) signed the server's certificate, or the server does not send the intermediate one; name the authority in tls.ca, or have the server send its whole chain",
  ],
  [/^CERT_HAS_EXPIRED$/, "the server's certificate has expired; renew it there"],
  [
    /^CERT_NOT_YET_VALID$/,
    "the server's certificate is not valid yet; compare the clocks of both machines",
  ],
  [/^INVALID_PURPOSE$/, "the server's certificate is not for servers (extended key usage)"],
  [/^CERT_|^ERR_TLS_CERT_/, "the server's certificate was refused"],
];

const ALPN = /^ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL$/;
const PLAIN = /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$/;

/** Returns the kind of failure that an error of the socket means. */
export function refusal(error: NodeJS.ErrnoException): ConnectFailure {
  const { code = "" } = error;
  const why = wordsOf(error);
  const lacking = exhaustion(error);
  if (lacking !== undefined) return { code: "out-of-resources", why: lacking };
  const certificate = CERTIFICATE.find(([pattern]) => pattern.test(code));
  if (certificate !== undefined)
    return { code: "certificate-refused", why: `${certificate[1]} (${why})` };
  if (PLAIN.test(code))
    return {
      code: "tls-refused",
      why: `the server answers without TLS; name its TLS port, or remove tls of the backend (${code})`,
    };
  if (ALPN.test(code))
    return {
      code: "protocol-refused",
      why: `the server speaks none of the protocols that tls.alpn of the backend offers (${code})`,
    };
  if (code !== "" && !TLS.test(code)) return { code: "connect-refused", why };
  // OpenSSL's message is a line of its own source code. The reason is the part behind the name of the function.
  const reason = /:SSL routines:[^:]*:([^:]+)/.exec(why)?.[1];
  return { code: "tls-refused", why: reason ? `the TLS handshake failed: ${reason}` : why };
}

/** Returns the message of the error. When several addresses were tried, returns the messages of all attempts. */
function wordsOf(error: NodeJS.ErrnoException): string {
  const all = error instanceof AggregateError ? error.errors.map(({ message }) => message) : [];
  return all.join(", ") || error.message || (error.code ?? "no reason given");
}
