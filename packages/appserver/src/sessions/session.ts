// One visitor's session: fields of the application, and the id they are kept under. Nothing is computed for a
// visitor whose session holds nothing: no id, no signature, no hash.
import { randomBytes } from "node:crypto";
import type { SessionStore, SessionStoreError, StoredSession } from "./store.ts";

/** OWASP asks for 64 bits of entropy at least. */
const ID_BYTES = 24;

/** Where a session's id goes: into the visitor's cookie, and out of it. */
export interface SessionCookie {
  /** Browsers send the cookie over https only. */
  readonly possible: boolean;
  set(id: string, began: number): void;
  clear(): void;
}

export interface SessionOptions {
  readonly store: SessionStore;
  readonly cookie: SessionCookie;
  wall(): number;
}

/** What came with the request: an id, and what was stored under it or why that is not known. */
export type Found =
  | { readonly id: string; readonly stored: StoredSession }
  | { readonly id: string; readonly error: SessionStoreError };

/**
 * The application's fields are properties of it, declared by merging into Fastify's `Session`; they must
 * survive JSON. What has changed is kept before the answer leaves.
 */
export class VisitorSession {
  readonly #options: SessionOptions;
  #id: string | undefined;
  #began: number;
  /** The fields as they are stored. */
  #kept = "{}";
  #error: SessionStoreError | undefined;

  constructor(options: SessionOptions, found: Found | undefined) {
    this.#options = options;
    this.#id = found?.id;
    this.#began = options.wall();
    if (found === undefined) return;
    if ("error" in found) {
      this.#error = found.error;
      return;
    }
    this.#began = found.stored.began;
    this.#kept = found.stored.fields;
    Object.assign(this, JSON.parse(found.stored.fields));
  }

  /**
   * Ends this session and begins an empty one under a new id, as every log-in must (OWASP: session fixation).
   * Rejects when the old one cannot be removed.
   */
  async regenerate(): Promise<void> {
    await this.#end();
    this.#began = this.#options.wall();
  }

  /**
   * Keeps the fields now, for a handler that must know before it answers that they are kept. Rejects when they are too
   * large or the store is away. Over plain http nothing is kept: no browser would send the cookie back.
   */
  async save(): Promise<void> {
    const fields = JSON.stringify(this);
    if (fields === this.#kept || !this.#options.cookie.possible) return;
    // Said once: the answer that says so must not fail for the same reason.
    const before = this.#kept;
    this.#kept = fields;
    try {
      await this.#write({ began: this.#began, fields });
    } catch (error) {
      this.#clear(before);
      throw error;
    }
  }

  /** Ends this session and takes the cookie back. Rejects when the record cannot be removed: it would open still. */
  async destroy(): Promise<void> {
    await this.#end();
    this.#options.cookie.clear();
  }

  async #write(session: StoredSession): Promise<void> {
    // A session of which nothing is known must not be written over.
    if (this.#error !== undefined) throw this.#error;
    const { store, cookie } = this.#options;
    if (this.#id !== undefined) return store.replace(this.#id, session);
    const id = randomBytes(ID_BYTES).toString("base64url");
    await store.create(id, session);
    this.#id = id;
    cookie.set(id, session.began);
  }

  async #end(): Promise<void> {
    if (this.#id !== undefined) await this.#options.store.remove(this.#id);
    this.#id = undefined;
    this.#error = undefined;
    this.#clear("{}");
  }

  #clear(fields: string): void {
    for (const field of Object.keys(this)) Reflect.deleteProperty(this, field);
    Object.assign(this, JSON.parse(fields));
    this.#kept = fields;
  }
}
