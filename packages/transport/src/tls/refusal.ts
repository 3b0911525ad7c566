// Why a connection was refused: one word for the counters, and a sentence for the log.

/** The reasons for refusing a connection. A reason comes from a row in `HANDSHAKE_ERRORS`, or from the listener. */
export const REFUSAL_REASONS = [
  "too-many",
  "too-many-handshakes",
  "too-many-of-address",
  "accept",
  "timeout",
  "closed",
  "plain-http",
  "version",
  "cipher",
  "group",
  "server-name",
  "protocol",
  "client-refused",
  "client-certificate",
  "malformed",
  "untrusted",
  "preface",
] as const;

export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** A connection that was refused. */
export interface RefusedConnection {
  readonly reason: RefusalReason;
  /** The reason as a sentence for the log. */
  readonly why: string;
  /** The client's address; empty when the client was gone before the address was read. */
  readonly client: string;
}

type Row = readonly [code: RegExp, reason: RefusalReason, why: string];

/** Maps the code of Node's or OpenSSL's error to a reason. The first row that matches is used. */
const HANDSHAKE_ERRORS: readonly Row[] = [
  [/^ERR_TLS_HANDSHAKE_TIMEOUT$/, "timeout", "the TLS handshake did not end in time"],
  [/^(ECONNRESET|EPIPE|ECONNABORTED)$/, "closed", "the client left during the TLS handshake"],
  [
    /HTTP_REQUEST|HTTPS_PROXY_REQUEST/,
    "plain-http",
    "it speaks HTTP without TLS; https:// is needed here",
  ],
  [
    /UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|WRONG_SSL_VERSION|NO_PROTOCOLS_AVAILABLE/,
    "version",
    "its versions of TLS are refused here (minVersion, policy)",
  ],
  [
    /NO_SHARED_CIPHER|NO_CIPHERS/,
    "cipher",
    "it offers no cipher that is allowed here, or none for this certificate's kind of key",
  ],
  [
    /NO_SUITABLE_KEY_SHARE|NO_SUITABLE_GROUPS|NO_SHARED_GROUPS|BAD_KEY_SHARE/,
    "group",
    "it offers no curve that is allowed here",
  ],
  [
    /NO_SUITABLE_SIGNATURE|NO_SHARED_SIGNATURE/,
    "cipher",
    "it cannot check the signature of any certificate here",
  ],
  [/NO_APPLICATION_PROTOCOL/, "protocol", "it offers no protocol that is supported here (ALPN)"],
  [/ALERT/, "client-refused", "the client refused the handshake"],
  [
    /PEER_DID_NOT_RETURN_A_CERTIFICATE/,
    "client-certificate",
    "it showed no certificate, but one is required",
  ],
  [/^CERT_HAS_EXPIRED$/, "client-certificate", "its certificate has expired"],
  [/^CERT_NOT_YET_VALID$/, "client-certificate", "its certificate is not valid yet"],
  [/^CERT_REVOKED$/, "client-certificate", "its certificate is revoked (crl)"],
  [
    /^INVALID_PURPOSE$/,
    "client-certificate",
    "its certificate is not for clients (extended key usage)",
  ],
  [
    /CRL/,
    "client-certificate",
    "the list of revoked certificates (crl) has expired, lacks one for its authority, or is not from an authority that may sign lists",
  ],
  [
    /CERTIFICATE_VERIFY_FAILED|^CERT_|^UNABLE_TO_|SELF_SIGNED|INVALID_CA/,
    "client-certificate",
    "no authority that is accepted here (ca) signed its certificate",
  ],
];

/** Returns the refusal for a failed handshake. */
export function handshakeRefusal(error: NodeJS.ErrnoException, client: string): RefusedConnection {
  const code = error.code ?? "";
  const row = HANDSHAKE_ERRORS.find(([pattern]) => pattern.test(code));
  if (row === undefined) return { reason: "malformed", why: detail(error), client };
  const [, reason, why] = row;
  const exact = reason === "client-refused" ? `${why}: ${alert(code)}` : why;
  return { reason, why: exact, client };
}

/** Returns the alert's name in RFC 8446 §6: `ERR_SSL_TLSV1_ALERT_UNKNOWN_CA` becomes `unknown ca`. */
function alert(code: string): string {
  return code
    .replace(/^.*ALERT_/, "")
    .replaceAll("_", " ")
    .toLowerCase();
}

/**
 * Returns a sentence with the reason that OpenSSL's message contains. For example, the reason in `error:0A0000F4:SSL
 * routines::unexpected message:../ssl/…` is `unexpected message`.
 */
function detail({ message }: Error): string {
  const words = /:SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? message;
  return `the TLS handshake failed: ${words.trim()}`;
}
