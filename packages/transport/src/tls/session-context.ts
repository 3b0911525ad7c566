// Binds a TLS session to the settings under which it was made, so that it cannot be resumed under other settings.
// OpenSSL checks neither ciphers nor certificates again when a session is resumed. Without the binding, a client that
// the changed settings refuse could still resume an old session.
import { createHash } from "node:crypto";

/** The longest context that OpenSSL accepts: SSL_MAX_SID_CTX_LENGTH. */
const MAX_LENGTH = 32;

/**
 * Returns the value of Node's option `sessionIdContext`. @param terms the settings that a session depends on; equal
 * settings give an equal value
 */
export function sessionContext(...terms: readonly (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const term of terms) hash.update(term).update("\n");
  return hash.digest("hex").slice(0, MAX_LENGTH);
}
