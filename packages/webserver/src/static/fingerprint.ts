// File names with a fingerprint, which is a part of the content's hash. A page refers to
// `name.<fingerprint>.ext`, and the folder has the file `name.ext`. If the fingerprint matches the
// content, caches may keep the answer for ever. A request with an old fingerprint still gets the
// file, so that old pages work. But caches must revalidate the answer to such a request, so that no
// cache keeps wrong content under the old name.

/** The Cache-Control of an answer whose fingerprint matches the content. */
export const IMMUTABLE = "public, max-age=31536000, immutable";
/** The Cache-Control of an answer whose fingerprint does not match the content. */
export const REVALIDATE = "no-cache";

const DIGITS = 10;
const FINGERPRINTED = new RegExp(`^(.*[^/])\\.([0-9a-f]{${DIGITS}})(\\.[^./]+)$`);

export interface Fingerprinted {
  /** The name of the file in the folder. */
  readonly name: string;
  readonly fingerprint: string;
}

/** Splits `app.0123abcdef.css` into `app.css` and `0123abcdef`. Undefined for a name without a fingerprint. */
export function splitFingerprint(name: string): Fingerprinted | undefined {
  const match = FINGERPRINTED.exec(name);
  const [stem, fingerprint, extension] = [match?.[1], match?.[2], match?.[3]];
  if (stem === undefined || fingerprint === undefined) return undefined;
  return { name: `${stem}${extension}`, fingerprint };
}

/** Whether a fingerprint belongs to the content whose SHA-256 is `hash` (hex). */
export function fits(fingerprint: string, hash: string): boolean {
  return hash.slice(0, DIGITS) === fingerprint;
}
