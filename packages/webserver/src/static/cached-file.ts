// What is known of one version of a file: enough to answer conditions and HEAD without touching the
// disk, and the whole body when it is small.
import { createHash } from "node:crypto";
import { createReadStream, type Stats } from "node:fs";
import { httpDate } from "@tandem/http";
import type { Validators } from "./conditional.ts";
import { entityTag } from "./etag.ts";
import { contentType } from "./mime.ts";

/** Bodies up to here are kept in memory, and leave with their head in one write. */
export const SMALL_BYTES = 64 * 1024;

export class CachedFile implements Validators {
  /** Without symbolic links. */
  readonly path: string;
  readonly size: number;
  readonly type: string;
  readonly etag: string;
  readonly modifiedAt: number;
  readonly lastModified: string;
  /** The content of a small file. */
  readonly body: Buffer | undefined;
  /** When the disk was last asked, on the cache's clock. */
  checkedAt: number;
  readonly #identity: string;
  #hash: string | Promise<string> | undefined;

  /** `wall` is the time of the read: a date of the future is not sent (RFC 9110 §8.8.2.1). */
  constructor(path: string, stats: Stats, body: Buffer | undefined, now: number, wall: number) {
    this.path = path;
    this.size = body?.length ?? stats.size;
    this.type = contentType(path);
    this.#hash = body && createHash("sha256").update(body).digest("hex");
    this.etag = entityTag(this.size, stats.mtimeMs, this.#hash);
    this.modifiedAt = Math.floor(Math.min(stats.mtimeMs, wall) / 1000) * 1000;
    this.lastModified = httpDate(this.modifiedAt);
    this.body = body;
    this.checkedAt = now;
    this.#identity = identity(stats);
  }

  /** Whether `stats` are of this very version. */
  is(path: string, stats: Stats): boolean {
    return path === this.path && identity(stats) === this.#identity;
  }

  /** SHA-256 of the content in hex; of a large file it is computed at the first call and kept. */
  hash(): string | Promise<string> {
    this.#hash ??= this.#hashContent();
    return this.#hash;
  }

  async #hashContent(): Promise<string> {
    try {
      this.#hash = await hashFile(this.path);
      return this.#hash;
    } catch (error) {
      this.#hash = undefined; // the next call tries again
      throw error;
    }
  }
}

function identity({ dev, ino, size, mtimeMs }: Stats): string {
  return `${dev}:${ino}:${size}:${mtimeMs}`;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}
