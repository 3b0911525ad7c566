// Pictures are turned upright, shrunk and encoded again. What is served holds pixels only: no place where the
// picture was taken, and no second file hidden behind the first.
import { createHash } from "node:crypto";
import sharp from "sharp";

const MAX_SIDE = 1600;
const QUALITY = 80;
const DECODE_SECONDS = 10;
const MEGAPIXEL = 1_000_000;

/**
 * The most megapixels that a picture may have, by its format. JPEG and PNG are read line by line, or in a smaller
 * size from the start; the other formats are decoded whole in memory. AVIF takes 20 bytes a pixel meanwhile: 7000 ×
 * 7000 from a file of 1400 bytes are 1 GB. The largest accepted picture of each format takes 100 to 400 MB.
 */
const MOST_MEGAPIXELS: ReadonlyMap<string, number> = new Map([
  ["jpeg", 60],
  ["png", 60],
  ["webp", 16],
  ["gif", 16],
  ["heif", 16],
]);
/**
 * Progressive JPEG and interlaced PNG come in layers and stay in memory until the last one: 60 megapixels took 450
 * MB.
 */
const MOST_IN_LAYERS = 30;

// sharp's cache is off, because each picture is encoded once and stored.
sharp.cache(false);

export interface Picture {
  /** SHA-256 of `data` in hex: the picture's name. */
  readonly hash: string;
  readonly width: number;
  readonly height: number;
  /** WebP. */
  readonly data: Uint8Array;
}

/** Why an upload is refused: it is no picture of an accepted format, or it has too many pixels. */
export type Refusal = "unreadable" | "too many pixels";

/** The picture in an upload. Its head is checked before a pixel is decoded. */
export async function readPicture(upload: Uint8Array): Promise<Picture | Refusal> {
  try {
    const head = await sharp(upload, { limitInputPixels: false }).metadata();
    const { format, width, height, isProgressive } = head;
    const most = MOST_MEGAPIXELS.get(format);
    if (most === undefined) return "unreadable";
    const megapixels = isProgressive ? Math.min(most, MOST_IN_LAYERS) : most;
    if (width * height > megapixels * MEGAPIXEL) return "too many pixels";
    return await encode(upload);
  } catch {
    return "unreadable";
  }
}

/** Encodes what sharp can decode, SVG included: for our own drawings, never for uploads. */
export async function encode(source: Uint8Array): Promise<Picture> {
  const { data, info } = await sharp(source, {
    limitInputPixels: Math.max(...MOST_MEGAPIXELS.values()) * MEGAPIXEL,
    failOn: "error",
  })
    .rotate()
    .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: "inside", withoutEnlargement: true })
    .webp({ quality: QUALITY })
    .timeout({ seconds: DECODE_SECONDS })
    .toBuffer({ resolveWithObject: true });
  const hash = createHash("sha256").update(data).digest("hex");
  return { hash, width: info.width, height: info.height, data };
}
