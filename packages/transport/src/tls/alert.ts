// A TLS alert that is sent before a handshake has begun. Nothing is encrypted yet, so the record can be written as it is
// (RFC 8446 §5.1, §6).

const ALERT = 21;
const FATAL = 2;

/** The numbers of RFC 8446 §6 that are used here. */
export const TLS_ALERT = {
  /** A message cannot be read, or is longer than is read here. */
  decodeError: 50,
  /** A field that is required is missing in the ClientHello. */
  missingExtension: 109,
  /** No server here has the name that the client asked for (RFC 6066 §3). */
  unrecognizedName: 112,
} as const;

/** Returns the record of a fatal alert. Its version is that of every first record (RFC 8446 §5.1). */
export function fatalAlert(description: (typeof TLS_ALERT)[keyof typeof TLS_ALERT]): Buffer {
  return Buffer.from([ALERT, 3, 3, 0, 2, FATAL, description]);
}
