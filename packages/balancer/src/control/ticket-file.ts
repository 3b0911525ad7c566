// The file with the secret of TLS session tickets (`balancer.ticketKeys`). Balancers that read the same file resume each
// other's sessions, and a balancer resumes its own after a restart. With this secret, recorded sessions of TLS 1.2 can
// be decrypted (RFC 5077 §5.6), so only the file's owner may read it.
import { readFileSync, statSync } from "node:fs";

const SETTING = "balancer.ticketKeys";
const LEAST_BYTES = 32;
const MOST_CHARACTERS = 4_096;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const OTHERS_MAY_READ = 0o077;
const MAKE = "'tandem cert ticket-keys' makes one";

/** Returns the secret in the file. Throws an error that names the setting when the file cannot be used. */
export function readTicketFile(path: string): Uint8Array {
  const mode = modeOf(path);
  if ((mode & OTHERS_MAY_READ) !== 0)
    throw new Error(
      `${SETTING}: ${path} has mode ${mode.toString(8)}, so other users may read the secret; expected 600 ('chmod 600 ${path}')`,
    );
  const text = readFileSync(path, "latin1").slice(0, MOST_CHARACTERS).replaceAll(/\s/g, "");
  const secret = BASE64.test(text) ? Buffer.from(text, "base64") : undefined;
  if (secret !== undefined && secret.length >= LEAST_BYTES) return secret;
  throw new Error(
    `${SETTING}: ${path} holds no secret, expected at least ${LEAST_BYTES} random bytes in base64; ${MAKE}`,
  );
}

function modeOf(path: string): number {
  try {
    return statSync(path).mode & 0o777;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const why = code === "ENOENT" ? `no such file; ${MAKE}` : code;
    throw new Error(`${SETTING}: cannot read ${path} (${why})`);
  }
}
