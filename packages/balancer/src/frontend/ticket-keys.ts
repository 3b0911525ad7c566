// The TLS ticket keys of a frontend, derived from the secret that all frontends share. A session that was made at one
// frontend is unknown at another, which may have other certificates (Delignat-Lavaud and Bhargavan, "ConnectionEnvironment-based
// Origin Confusion", 2015).
import { hkdfSync } from "node:crypto";

/** The length that Node expects: 16 bytes each for a name, for the HMAC key and for the AES key. */
const BYTES = 48;

export function ticketKeys(secret: Uint8Array, frontend: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "", `tandem session tickets ${frontend}`, BYTES));
}
