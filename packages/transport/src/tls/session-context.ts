// Binds a TLS session to the settings under which it was made, so that it cannot be resumed under other
// settings. When it resumes a session, OpenSSL checks neither ciphers nor certificates again. So after a
// change of the settings, a client that would be refused now could go on with an old session.
import { createHash } from "node:crypto";

/** OpenSSL's SSL_MAX_SID_CTX_LENGTH. */
const MAX_LENGTH = 32;

/** The value of Node's `sessionIdContext`: equal terms give equal text. */
export function sessionContext(...terms: readonly (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const term of terms) hash.update(term).update("\n");
  return hash.digest("hex").slice(0, MAX_LENGTH);
}
