// Pictures from strangers: decoded within limits, turned upright, shrunk and encoded anew, so that what
// is served holds pixels only: no place where it was taken, no second file hidden behind the first.
import { createHash } from "node:crypto";
import sharp from "sharp";

/** Largest upload in bytes. */
export const MAX_IMAGE_BYTES = 8 * 1024 * 1024;

const MAX_PIXELS = 50_000_000;
const MAX_SIDE = 1600;
const QUALITY = 80;
const DECODE_SECONDS = 10;
const FORMATS = new Set(["jpeg", "png", "webp", "gif", "heif"]);

// Decoded pictures are not worth keeping: each is encoded once and stored.
sharp.cache(false);

export interface Picture {
  /** SHA-256 of `data` in hex: the picture's name. */
  readonly hash: string;
  readonly width: number;
  readonly height: number;
  /** WebP. */
  readonly data: Buffer;
}

/** The picture in `upload`, or undefined when it is none, too large once decoded, or of a kind not taken. */
export async function readPicture(upload: Buffer): Promise<Picture | undefined> {
  try {
    const { format } = await sharp(upload, { limitInputPixels: MAX_PIXELS }).metadata();
    if (!FORMATS.has(format)) return undefined;
    return await encode(upload);
  } catch {
    return undefined;
  }
}

/** Encodes what sharp can decode, SVG included: for our own drawings, never for uploads. */
export async function encode(source: Buffer): Promise<Picture> {
  const { data, info } = await sharp(source, { limitInputPixels: MAX_PIXELS, failOn: "error" })
    .rotate()
    .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: "inside", withoutEnlargement: true })
    .webp({ quality: QUALITY })
    .timeout({ seconds: DECODE_SECONDS })
    .toBuffer({ resolveWithObject: true });
  const hash = createHash("sha256").update(data).digest("hex");
  return { hash, width: info.width, height: info.height, data };
}
