// Turns pictures upright, shrinks them and encodes them again. So the served picture contains only pixels. It reveals
// no place where the picture was taken, and hides no second file behind the picture.
import { createHash } from "node:crypto";
import sharp from "sharp";

const MAX_SIDE = 1600;
const QUALITY = 80;
const DECODE_SECONDS = 10;
const MEGAPIXEL = 1_000_000;

/**
 * The most megapixels that a picture may have, by its format. JPEG and PNG are read line by line, or in a smaller size
 * from the start. Pictures in other formats are decoded as a whole in memory. Decoding AVIF takes 20 bytes a pixel, so
 * a file of 1400 bytes with 7000 × 7000 pixels takes 1 GB. The largest accepted picture of each format takes 100 to 400
 * MB.
 */
const MOST_MEGAPIXELS: ReadonlyMap<string, number> = new Map([
  ["jpeg", 60],
  ["png", 60],
  ["webp", 16],
  ["gif", 16],
  ["heif", 16],
]);
/**
 * The most megapixels that a progressive JPEG or an interlaced PNG may have. Such a picture comes in layers, and all
 * its pixels stay in memory until the last layer: 60 megapixels took 450 MB.
 */
const MOST_IN_LAYERS = 30;

// sharp's cache is off, because each picture is encoded once and stored.
sharp.cache(false);

export interface Picture {
  /** The picture's name: SHA-256 of `data` in hex. */
  readonly hash: string;
  readonly width: number;
  readonly height: number;
  /** The bytes of the picture, as WebP. */
  readonly data: Uint8Array;
}

/** Why an upload is refused: it is no picture of an accepted format, or it has too many pixels. */
export type Refusal = "unreadable" | "too many pixels";

/** Reads the picture in an upload. The upload's head is checked before any pixel is decoded. */
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

/** Encodes any picture that sharp can decode, SVG included. It is for our own drawings, never for uploads. */
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
