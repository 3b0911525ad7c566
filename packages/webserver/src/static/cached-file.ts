// An entry of the cache: one version of a file. It can answer HEAD and conditional requests without
// reading the disk, and holds the whole body when the file is small. The entity tag is the hash of
// the content. The date is the change time (ctime) of the file. A version has no date while a later
// write could leave its ctime the same (the version is then called not settled).
import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { httpDate } from "@tandem/http";
import type { Validators } from "./conditional.ts";
import type { ContentHashes } from "./content-hashes.ts";
import { entityTag } from "./etag.ts";
import { changedAt, settled, versionOf } from "./file-version.ts";
import type { MediaTypes } from "./mime.ts";

/**
 * Bodies of up to this size, in bytes, are kept in memory and are sent with their head in one
 * write.
 */
export const SMALL_BYTES = 64 * 1024;

/** The sources of the facts that a file's stats do not tell: its media type and its hash. */
export interface FileFacts {
  readonly types: MediaTypes;
  readonly hashes: ContentHashes;
}

/** The time at which a file was read, on two clocks. */
export interface ReadAt {
  /** Monotonic milliseconds. */
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
   * When the file was last changed, in milliseconds since 1970, rounded down to a whole second.
   * Undefined as long as `settled` is false.
   */
  readonly modifiedAt: number | undefined;
  /** The time `modifiedAt` as an HTTP-date; undefined when `modifiedAt` is. */
  readonly lastModified: string | undefined;
  /** The content of a small file; undefined for a large file. */
  readonly body: Buffer | undefined;
  /**
   * Whether every later change of the file will also change its stats. If this is false, the file
   * is read again at the next check, because its stats could hide a change.
   */
  readonly settled: boolean;
  /** When the file was last checked on disk, in monotonic milliseconds. */
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
   * Whether an open file that was this version has been written to since. The change time (ctime)
   * is not compared, because it also changes when the file is renamed or deleted.
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
   * Computes the hash if it is unknown. Resolves when the hash is known, or when it cannot be
   * computed, for example because the version is not settled or the file on disk has changed.
   */
  computeHash(): Promise<void> {
    if (this.#hash !== undefined || !this.settled) return Promise.resolve();
    this.#hashing ??= this.#hashes.of(this.path, this.#version).then((hash) => {
      this.#hashing = undefined; // if the hash could not be computed, the next call tries again
      if (hash !== undefined) this.#hashed(hash);
    });
    return this.#hashing;
  }

  #hashed(hash: string): void {
    this.#hash = hash;
    this.#etag = entityTag(hash);
  }
}
