// One version of a file, as the cache knows it: enough to answer conditions and HEAD without reading the disk, and the
// whole body when the file is small. Validators (entity tag and date) are given only when they are certain. The entity
// tag is the hash of the content. The date is the change time, and a version that is not settled has no date.
import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { httpDate } from "@tandem/http";
import type { Validators } from "./conditional.ts";
import type { ContentHashes } from "./content-hashes.ts";
import { entityTag } from "./etag.ts";
import { changedAt, settled, versionOf } from "./file-version.ts";
import type { MediaTypes } from "./mime.ts";

/** Bodies up to this size are kept in memory and are sent with their head in one write. */
export const SMALL_BYTES = 64 * 1024;

/** The facts about a file apart from its stats. */
export interface FileFacts {
  readonly types: MediaTypes;
  readonly hashes: ContentHashes;
}

/** The time at which a file was read, on two clocks. */
export interface ReadAt {
  /** Milliseconds on the cache's clock. */
  readonly now: number;
  /** Milliseconds since 1970. */
  readonly wall: number;
}

export class CachedFile implements Validators {
  /** The real path, without symbolic links. */
  readonly path: string;
  readonly size: number;
  /** The value of Content-Type. */
  readonly type: string;
  /** The value of Content-Encoding; undefined = the answer has none. */
  readonly encoding: string | undefined;
  /**
   * When the file was last changed, in whole seconds, as milliseconds since 1970. Undefined as long as the version is
   * not settled.
   */
  readonly modifiedAt: number | undefined;
  /** The time `modifiedAt` as an HTTP-date. */
  readonly lastModified: string | undefined;
  /** The content of a small file; undefined for a large file. */
  readonly body: Buffer | undefined;
  /**
   * Whether every later change of the file will change its stats. When false, the file is read again at the next
   * check.
   */
  readonly settled: boolean;
  /** When the file was last checked on disk, on the cache's clock. */
  checkedAt: number;
  readonly #version: string;
  readonly #mtimeNs: bigint;
  readonly #hashes: ContentHashes;
  #hash: string | undefined;
  #etag: string | undefined;
  #hashing: Promise<void> | undefined = undefined;

  constructor(
    path: string,
    stats: BigIntStats,
    body: Buffer | undefined,
    at: ReadAt,
    { types, hashes }: FileFacts,
  ) {
    this.path = path;
    this.size = body?.length ?? Number(stats.size);
    this.type = types.contentType(path);
    this.encoding = types.contentEncoding(path);
    this.settled = settled(stats, at.wall);
    this.modifiedAt = this.settled ? Math.floor(changedAt(stats) / 1000) * 1000 : undefined;
    this.lastModified = this.modifiedAt === undefined ? undefined : httpDate(this.modifiedAt);
    this.body = body;
    this.checkedAt = at.now;
    this.#version = versionOf(stats);
    this.#mtimeNs = stats.mtimeNs;
    this.#hashes = hashes;
    if (body !== undefined) this.#hashed(createHash("sha256").update(body).digest("hex"));
  }

  /** Whether the file with these `stats` is still this version. */
  is(stats: BigIntStats): boolean {
    return versionOf(stats) === this.#version;
  }

  /**
   * Whether an open file that was this version has been written to since. The change time does not show that, because
   * it also changes when the file is renamed or deleted.
   */
  writtenTo({ size, mtimeNs }: BigIntStats): boolean {
    return size !== BigInt(this.size) || mtimeNs !== this.#mtimeNs;
  }

  /** Returns the SHA-256 of the content in hex; undefined for a large file until the hash has been computed. */
  get hash(): string | undefined {
    return this.#hash;
  }

  /** Returns the strong entity tag, quotes included; undefined as long as the hash is undefined. */
  get etag(): string | undefined {
    return this.#etag;
  }

  /**
   * Computes the hash if it is unknown. Resolves when the hash is known, or when it cannot be computed
   * because the version is not settled or has been replaced.
   */
  computeHash(): Promise<void> {
    if (this.#hash !== undefined || !this.settled) return Promise.resolve();
    this.#hashing ??= this.#hashes.of(this.path, this.#version).then((hash) => {
      this.#hashing = undefined; // the hash could not be computed, so the next call tries again
      if (hash !== undefined) this.#hashed(hash);
    });
    return this.#hashing;
  }

  #hashed(hash: string): void {
    this.#hash = hash;
    this.#etag = entityTag(hash);
  }
}
