// Caches files of the served folders. An entry is used for some time before the file is checked on
// disk again (like nginx's open_file_cache, but no file is kept open). Bytes and entries are
// limited; the least recently used entry is dropped first. A request for a cached file is answered
// synchronously. Several requests at once for a file that is not cached share one read.
import type { BigIntStats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@tandem/transport";
import { LRUCache } from "lru-cache";
import { CachedFile, type FileFacts, SMALL_BYTES } from "./cached-file.ts";
import { ContentHashes } from "./content-hashes.ts";
import { absence, openInside } from "./inside.ts";
import type { MediaTypes } from "./mime.ts";

/** Says why there is no file to serve. `folder` tells whether the requested name is a folder's name. */
export interface Missing {
  readonly missing: string;
  readonly folder: boolean;
}

export type Found = CachedFile | Missing;

const MAX_BYTES = 32 * 1024 * 1024;
const MAX_FILES = 8192;
/** The approximate size in bytes of an entry without its body. */
const ENTRY_BYTES = 1024;

export interface OpenFileCacheOptions {
  readonly clock: Clock;
  /** How long an entry is used without checking the file on disk; 0 = the file is checked for every request. */
  readonly validMs: number;
  readonly types: MediaTypes;
  readonly maxBytes?: number;
}

export class OpenFileCache {
  readonly #clock: Clock;
  readonly #validMs: number;
  readonly #facts: FileFacts;
  readonly #files: LRUCache<string, CachedFile>;
  readonly #loading = new Map<string, Promise<Found>>();

  constructor({ clock, validMs, types, maxBytes = MAX_BYTES }: OpenFileCacheOptions) {
    this.#clock = clock;
    this.#validMs = validMs;
    this.#facts = { types, hashes: new ContentHashes() };
    this.#files = new LRUCache({
      max: MAX_FILES,
      maxSize: maxBytes,
      sizeCalculation: ({ body }) => ENTRY_BYTES + (body?.length ?? 0),
    });
  }

  /** Returns how many bytes and files are in the cache now. */
  get usage(): { readonly bytes: number; readonly files: number } {
    return { bytes: this.#files.calculatedSize, files: this.#files.size };
  }

  /**
   * Returns the file if its entry needs no check on disk yet, otherwise undefined. `name` is a path
   * below `root` that `resolveName` has accepted.
   */
  fresh(root: string, name: string): CachedFile | undefined {
    const file = this.#files.get(join(root, name));
    const recent = file !== undefined && this.#clock.now() - file.checkedAt < this.#validMs;
    return recent ? file : undefined;
  }

  /**
   * Checks the file on disk and returns its entry, or says why there is no such file. Rejects only
   * when the system fails (no file descriptors, I/O error).
   */
  find(root: string, name: string): Promise<Found> {
    const key = join(root, name);
    const running = this.#loading.get(key);
    if (running !== undefined) return running;
    const loading = this.#load(key, root, name).finally(() => this.#loading.delete(key));
    this.#loading.set(key, loading);
    return loading;
  }

  /** Stops the computing of hashes. */
  stop(): void {
    this.#facts.hashes.stop();
  }

  async #load(key: string, root: string, name: string): Promise<Found> {
    try {
      const opened = await openInside(root, name);
      if (typeof opened === "string") return this.#forget(key, opened);
      await using handle = opened.handle;
      return await this.#read(key, opened.path, handle);
    } catch (error) {
      return this.#forget(key, absence(error));
    }
  }

  async #read(key: string, path: string, handle: FileHandle): Promise<Found> {
    let stats = await handle.stat({ bigint: true });
    if (stats.isDirectory()) return { ...this.#forget(key, "a folder"), folder: true };
    if (!stats.isFile()) return this.#forget(key, "not a regular file");
    const known = this.#files.peek(key);
    const at = { now: this.#clock.now(), wall: this.#clock.wall() };
    if (known?.settled === true && known.path === path && known.is(stats)) {
      known.checkedAt = at.now;
      return known;
    }
    let body: Buffer | undefined;
    if (stats.size <= SMALL_BYTES) {
      body = await readSmall(handle, stats);
      stats = await handle.stat({ bigint: true }); // these stats show a change during the read
    }
    const file = new CachedFile(path, stats, body, at, this.#facts);
    this.#files.set(key, file);
    return file;
  }

  #forget(key: string, missing: string): Missing {
    this.#files.delete(key);
    return { missing, folder: false };
  }
}

/** Reads the content, but not more bytes than the size in `stats`. */
async function readSmall(handle: FileHandle, stats: BigIntStats): Promise<Buffer> {
  const size = Number(stats.size);
  const buffer = Buffer.allocUnsafeSlow(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await handle.read(buffer, filled, size - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
