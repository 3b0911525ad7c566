// Cache-busting names: a page refers to `name.<fingerprint>.ext`, the folder has `name.ext`. While the
// fingerprint is that of the file, the answer may be kept for ever; an old page's fingerprint still
// gets the file, but no cache keeps it, so neither an old page breaks nor a cache is poisoned.

/** Cache-Control while the fingerprint fits. */
export const IMMUTABLE = "public, max-age=31536000, immutable";
/** Cache-Control when it does not. */
export const REVALIDATE = "no-cache";

const DIGITS = 10;
const FINGERPRINTED = new RegExp(`^(.*[^/])\\.([0-9a-f]{${DIGITS}})(\\.[^./]+)$`);

export interface Fingerprinted {
  /** The name in the folder. */
  readonly name: string;
  readonly fingerprint: string;
}

/** Takes a fingerprinted name apart; undefined for other names. */
export function splitFingerprint(name: string): Fingerprinted | undefined {
  const match = FINGERPRINTED.exec(name);
  const [stem, fingerprint, extension] = [match?.[1], match?.[2], match?.[3]];
  if (stem === undefined || fingerprint === undefined) return undefined;
  return { name: `${stem}${extension}`, fingerprint };
}

/** Whether a fingerprint is that of a content whose SHA-256 is `hash` (hex). */
export function fits(fingerprint: string, hash: string): boolean {
  return hash.slice(0, DIGITS) === fingerprint;
}
