// One visitor's session: the application's fields, and the id under which they are stored. For an empty session no id
// is made, signed or hashed.
import { randomBytes } from "node:crypto";
import type { SessionStore, SessionStoreError, StoredSession } from "./store.ts";

/** How many random bytes an id has. OWASP requires at least 64 bits of entropy. */
const ID_BYTES = 24;

/** Sets and removes the cookie with the session's id in the visitor's browser. */
export interface SessionCookie {
  /** Whether the cookie can be set. False over plain http, because browsers send this cookie only over https. */
  readonly possible: boolean;
  set(id: string, began: number): void;
  clear(): void;
}

export interface SessionOptions {
  readonly store: SessionStore;
  readonly cookie: SessionCookie;
  wall(): number;
}

/** The session that the store returned for the id in a request's cookie, or the error of the store. */
export type Found =
  | { readonly id: string; readonly stored: StoredSession }
  | { readonly id: string; readonly error: SessionStoreError };

/**
 * A visitor's session. The application's fields are properties of this object. The application
 * declares the fields by merging into Fastify's `Session` interface. JSON must be able to represent
 * the value of each field. Changed fields are stored before the answer is sent.
 */
export class VisitorSession {
  readonly #options: SessionOptions;
  #id: string | undefined;
  #began: number;
  /** The fields as the store has them now, as JSON. */
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
   * Ends this session and begins an empty session under a new id. Call this at every log-in, as OWASP advises against
   * session fixation. Rejects when the old session cannot be removed.
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
    // The fields are marked as stored before the store answers. Otherwise, when storing fails, sending the error answer
    // would try to store them again and fail too.
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
    // When the store could not be read, the visitor's session is unknown. It must not be overwritten.
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
