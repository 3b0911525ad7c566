// One location: a URL prefix and its folder. Decides which file a request is for, and with which
// Cache-Control the file is sent. A small file whose cache entry is valid is sent without reading
// the disk.
import type { LocationConfig } from "@tandem/config";
import type { LocalExchange } from "../local-exchange.ts";
import { CachedFile } from "./cached-file.ts";
import { asksForTag } from "./conditional.ts";
import { fits, IMMUTABLE, REVALIDATE, splitFingerprint } from "./fingerprint.ts";
import type { Found, OpenFileCache } from "./open-file-cache.ts";
import { resolveName } from "./resolve.ts";
import { sendFile } from "./send.ts";

const ALLOWED = [["Allow", "GET, HEAD"]] as const;
const INDEX = "index.html";
/**
 * How many times a file is checked at most, when it changes again and again before it is opened.
 */
const TRIES = 4;
/**
 * Error codes that mean that the system lacks a resource for now, so the answer is 503, not 500.
 */
const EXHAUSTED = new Set(["EMFILE", "ENFILE", "ENOMEM"]);

export class StaticFiles {
  readonly prefix: string;
  readonly root: string;
  readonly #cacheControl: string;
  readonly #fingerprint: boolean;
  readonly #cache: OpenFileCache;

  constructor(location: LocationConfig, cache: OpenFileCache) {
    this.prefix = location.path;
    this.root = location.root;
    this.#cacheControl = location.cacheControl;
    this.#fingerprint = location.fingerprint;
    this.#cache = cache;
  }

  /** Answers a request whose `path` begins with the prefix of this location and has no query. */
  serve(local: LocalExchange, path: string): void {
    const { method } = local.exchange.head;
    if (method !== "GET" && method !== "HEAD") {
      local.fail(405, `${method} on a file`, ALLOWED);
      return;
    }
    const resolved = resolveName(path.slice(this.prefix.length));
    if ("refused" in resolved) {
      local.fail(404, `path refused: ${resolved.refused}`);
      return;
    }
    const { name } = resolved;
    const wanted = name === "" || name.endsWith("/") ? name + INDEX : name;
    if (!this.#serveCached(local, wanted)) this.#serveFromDisk(local, wanted);
  }

  #serveCached(local: LocalExchange, name: string): boolean {
    const printed = this.#fingerprint ? splitFingerprint(name) : undefined;
    const file = this.#cache.fresh(this.root, printed?.name ?? name);
    if (file?.hash === undefined) return false;
    this.#send(local, file, printed?.fingerprint, () => this.#serveFromDisk(local, name));
    return true;
  }

  #serveFromDisk(local: LocalExchange, name: string, tries = TRIES): void {
    this.#lookUp(local, name, tries - 1).catch((error: NodeJS.ErrnoException) => {
      const busy = error.code !== undefined && EXHAUSTED.has(error.code);
      local.fail(busy ? 503 : 500, error.message);
    });
  }

  async #lookUp(local: LocalExchange, name: string, triesLeft: number): Promise<void> {
    const changing = () => {
      if (triesLeft > 0) this.#serveFromDisk(local, name, triesLeft);
      else local.fail(503, "the file changes faster than it can be opened", [["Retry-After", "1"]]);
    };
    const printed = this.#fingerprint ? splitFingerprint(name) : undefined;
    if (printed !== undefined) {
      const file = await this.#cache.find(this.root, printed.name);
      if (file instanceof CachedFile) {
        await file.computeHash();
        this.#send(local, file, printed.fingerprint, changing);
        return;
      }
    }
    const found = await this.#cache.find(this.root, name);
    if (found instanceof CachedFile) {
      // The hash is computed even if this request does not need it, because a later one may.
      const hashed = found.computeHash();
      if (asksForTag(local.exchange.head.fields)) await hashed;
      this.#send(local, found, undefined, changing);
    } else if (!found.folder) local.fail(404, found.missing);
    else await this.#redirectToFolder(local, name);
  }

  /**
   * Redirects to the folder's path with a slash at its end, but only if the folder has an
   * index.html. A redirect to a folder without one would reveal that the folder exists.
   */
  async #redirectToFolder(local: LocalExchange, name: string): Promise<void> {
    const index: Found = await this.#cache.find(this.root, `${name}/${INDEX}`);
    if (!(index instanceof CachedFile)) {
      local.fail(404, "a folder without index.html");
      return;
    }
    if (local.exchange.responseEnded) return;
    const fields = local.fields();
    fields.add("Location", folderTarget(local.exchange.head.target));
    fields.add("Cache-Control", this.#cacheControl);
    local.server = "<STATIC>";
    local.bare(308, fields);
  }

  #send(
    local: LocalExchange,
    file: CachedFile,
    fingerprint: string | undefined,
    stale: () => void,
  ): void {
    sendFile(local, file, this.#control(fingerprint, file.hash), stale);
  }

  #control(fingerprint: string | undefined, hash: string | undefined): string {
    if (fingerprint === undefined) return this.#cacheControl;
    return hash !== undefined && fits(fingerprint, hash) ? IMMUTABLE : REVALIDATE;
  }
}

/**
 * Returns the request target with a slash after its path: `/docs?x=1` becomes `/docs/?x=1`. Slashes at the beginning
 * are reduced to one, because a Location that begins with two slashes names another host (RFC 3986 §4.2).
 */
function folderTarget(target: string): string {
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  return `${path.replace(/^\/+/, "/")}/${mark < 0 ? "" : target.slice(mark)}`;
}
