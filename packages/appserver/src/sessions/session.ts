// One visitor's session: the application's fields, and the id under which they are stored. For an empty session no id,
// signature or hash is computed.
import { randomBytes } from "node:crypto";
import type { SessionStore, SessionStoreError, StoredSession } from "./store.ts";

/** How many random bytes an id has. OWASP requires at least 64 bits of entropy. */
const ID_BYTES = 24;

/** Sets the cookie with the session's id at the visitor, and removes it. */
export interface SessionCookie {
  /** Whether the cookie can be set. It cannot over plain http, because browsers send it over https only. */
  readonly possible: boolean;
  set(id: string, began: number): void;
  clear(): void;
}

export interface SessionOptions {
  readonly store: SessionStore;
  readonly cookie: SessionCookie;
  wall(): number;
}

/** What the store returned for a request's session id: the stored fields, or the store's error. */
export type Found =
  | { readonly id: string; readonly stored: StoredSession }
  | { readonly id: string; readonly error: SessionStoreError };

/**
 * A visitor's session. The application's fields are properties of this object, declared by merging into Fastify's
 * `Session`. Their values must be ones that JSON can represent. Changed fields are stored before the answer is sent.
 */
export class VisitorSession {
  readonly #options: SessionOptions;
  #id: string | undefined;
  #began: number;
  /** The fields as they are stored now, as JSON. */
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
   * Ends this session and begins an empty session under a new id. Every log-in must call this (OWASP: session
   * fixation). Rejects when the old session cannot be removed.
   */
  async regenerate(): Promise<void> {
    await this.#end();
    this.#began = this.#options.wall();
  }

  /**
   * Stores the fields now, for a handler that must know before it answers whether they are stored. Rejects when the
   * fields are too large or the store is away. Over plain http nothing is stored, because no browser would send the
   * cookie back.
   */
  async save(): Promise<void> {
    const fields = JSON.stringify(this);
    if (fields === this.#kept || !this.#options.cookie.possible) return;
    // The fields are marked as stored before the store answers. If storing fails, the error answer must not try to
    // store them again, because that would fail too.
    const before = this.#kept;
    this.#kept = fields;
    try {
      await this.#write({ began: this.#began, fields });
    } catch (error) {
      this.#clear(before);
      throw error;
    }
  }

  /**
   * Ends this session and removes the cookie. Rejects when the stored record cannot be removed, because the old cookie
   * would then still be valid.
   */
  async destroy(): Promise<void> {
    await this.#end();
    this.#options.cookie.clear();
  }

  async #write(session: StoredSession): Promise<void> {
    // When the store could not be read, its session is unknown and must not be overwritten.
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
