// Under which terms a TLS session was made, so that it is resumed under no others: OpenSSL looks neither at its ciphers nor
// at its certificates again, and after a change of them one that is refused now would live on.
import { createHash } from "node:crypto";

/** OpenSSL's SSL_MAX_SID_CTX_LENGTH. */
const MAX_LENGTH = 32;

/** What Node calls `sessionIdContext`; the same terms, the same text. */
export function sessionContext(...terms: readonly (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const term of terms) hash.update(term).update("\n");
  return hash.digest("hex").slice(0, MAX_LENGTH);
}
