// One location: a URL prefix and its folder. Decides which file a request is for, and with which
// Cache-Control the file is sent. A small file whose cache entry is valid is sent without reading
// the disk. What has no file may get a listing (`browse`) or the page of an application (`spa`).
import type { LocationConfig } from "@tandem/config";
import type { LocalExchange } from "../local-exchange.ts";
import { CachedFile } from "./cached-file.ts";
import { asksForTag } from "./conditional.ts";
import { fits, IMMUTABLE, REVALIDATE, splitFingerprint } from "./fingerprint.ts";
import { type Listing, readFolder } from "./listing/read-folder.ts";
import { sendListing } from "./listing/send.ts";
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
  readonly #browse: boolean;
  /** The name of the page that answers paths without a file; undefined = they get 404. */
  readonly #spa: string | undefined;
  readonly #cache: OpenFileCache;
  /** The listings that are being read, by folder. Requests for the same folder share one. */
  readonly #reading = new Map<string, Promise<Listing | string>>();

  constructor(location: LocationConfig, cache: OpenFileCache) {
    this.prefix = location.path;
    this.root = location.root;
    this.#cacheControl = location.cacheControl;
    this.#fingerprint = location.fingerprint;
    this.#browse = location.browse;
    this.#spa = location.spa?.slice(1);
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
    this.#serveName(local, resolved.name);
  }

  #serveName(local: LocalExchange, name: string): void {
    if (!this.#serveCached(local, name)) this.#serveFromDisk(local, name);
  }

  #serveCached(local: LocalExchange, name: string): boolean {
    const wanted = fileOf(name);
    const printed = this.#fingerprint ? splitFingerprint(wanted) : undefined;
    const file = this.#cache.fresh(this.root, printed?.name ?? wanted);
    if (file?.hash === undefined) return false;
    const control = this.#control(wanted, printed?.fingerprint, file.hash);
    sendFile(local, file, control, () => this.#serveFromDisk(local, name));
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
    const wanted = fileOf(name);
    const printed = this.#fingerprint ? splitFingerprint(wanted) : undefined;
    if (printed !== undefined) {
      const file = await this.#cache.find(this.root, printed.name);
      if (file instanceof CachedFile) {
        await file.computeHash();
        sendFile(local, file, this.#control(wanted, printed.fingerprint, file.hash), changing);
        return;
      }
    }
    const found = await this.#cache.find(this.root, wanted);
    if (found instanceof CachedFile) {
      // The hash is computed even if this request does not need it, because a later one may.
      const hashed = found.computeHash();
      if (asksForTag(local.exchange.head.fields)) await hashed;
      sendFile(local, found, this.#control(wanted, undefined, found.hash), changing);
    } else if (found.folder) await this.#redirectToFolder(local, name);
    else if (this.#browse && wanted !== name) await this.#list(local, name, found.missing);
    else this.#absent(local, name, found.missing);
  }

  /**
   * Lists the folder whose index.html is missing. An index.html that is there and cannot be sent, for example because
   * it may not be read, gives no listing.
   */
  async #list(local: LocalExchange, name: string, missing: string): Promise<void> {
    const listing = missing === "ENOENT" ? await this.#read(name) : missing;
    if (typeof listing === "string") this.#absent(local, name, listing);
    else sendListing(local, { prefix: this.prefix, name }, listing);
  }

  #read(name: string): Promise<Listing | string> {
    const running = this.#reading.get(name);
    if (running !== undefined) return running;
    const reading = readFolder(this.root, name).finally(() => this.#reading.delete(name));
    this.#reading.set(name, reading);
    return reading;
  }

  /** Answers a request that has neither file nor listing: with the application's page, or with 404. */
  #absent(local: LocalExchange, name: string, missing: string): void {
    const spa = this.#spa;
    const routed = spa !== undefined && name !== spa && !hasExtension(name);
    if (routed) this.#serveName(local, spa);
    else local.fail(404, missing);
  }

  /**
   * Redirects to the folder's path with a slash at its end, but only if the folder has an
   * index.html or is listed. A redirect to another folder would reveal that the folder exists.
   */
  async #redirectToFolder(local: LocalExchange, name: string): Promise<void> {
    const index: Found = await this.#cache.find(this.root, `${name}/${INDEX}`);
    if (!(index instanceof CachedFile) && !(this.#browse && index.missing === "ENOENT")) {
      this.#absent(local, name, "a folder without index.html");
      return;
    }
    if (local.exchange.responseEnded) return;
    const fields = local.fields();
    fields.add("Location", folderTarget(local.exchange.head.target));
    fields.add("Cache-Control", this.#cacheControl);
    local.server = "<STATIC>";
    local.bare(308, fields);
  }

  #control(name: string, fingerprint: string | undefined, hash: string | undefined): string {
    // The page names the application's files. A kept copy would name files of an earlier version.
    if (name === this.#spa) return REVALIDATE;
    if (fingerprint === undefined) return this.#cacheControl;
    return hash !== undefined && fits(fingerprint, hash) ? IMMUTABLE : REVALIDATE;
  }
}

/** Returns the name of the file that a name stands for: that of its index.html if it is a folder's name. */
function fileOf(name: string): string {
  return name === "" || name.endsWith("/") ? name + INDEX : name;
}

/** Whether the last part of a name has a dot. Such a name is taken for a file's, never for a page of an application. */
function hasExtension(name: string): boolean {
  return name.includes(".", name.lastIndexOf("/") + 1);
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
