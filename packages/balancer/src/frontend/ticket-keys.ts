// The TLS ticket keys of a frontend, derived from the secret that all frontends share. So a TLS
// session of one frontend cannot be resumed at another frontend, which may have other certificates
// (Delignat-Lavaud and Bhargavan, "Network-based Origin Confusion Attacks against HTTPS Virtual
// Hosting", 2015).
import { hkdfSync } from "node:crypto";

/** The length that Node expects: 16 bytes each for the name of the keys, the HMAC key and the AES key. */
const BYTES = 48;

export function ticketKeys(secret: Uint8Array, frontend: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "", `tandem session tickets ${frontend}`, BYTES));
}
