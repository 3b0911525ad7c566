// The session secret: 32 random bytes in a file that only the service's user may read. Every box needs the same
// secret. Otherwise a visitor would be logged out whenever another box answers.
import { createHmac, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const LEAST_LENGTH = 32;

/**
 * Reads the secret. When it is missing or too short, throws an error that names the key, the file and the next step.
 */
export function readSessionSecret(file: string): string {
  let secret: string;
  try {
    secret = readFileSync(file, "utf8").trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      `appserver.sessions.secretFile: cannot read ${file} (${code}); 'tandem prepare' creates it (then copy it to the other box)`,
    );
  }
  if (secret.length >= LEAST_LENGTH) return secret;
  throw new Error(
    `appserver.sessions.secretFile: ${file} holds ${secret.length} characters, expected ${LEAST_LENGTH} or more; delete it and run 'tandem prepare'`,
  );
}

/** Creates the secret if it does not exist, so that only its owner can read it. Returns true when it was created. */
export function ensureSessionSecret(file: string): boolean {
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, `${randomBytes(32).toString("base64url")}\n`, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Returns a key for `purpose`. The key reveals neither the secret nor the key of any other purpose. */
export function deriveSecret(secret: string, purpose: string): string {
  return createHmac("sha256", secret).update(purpose).digest("base64url");
}
