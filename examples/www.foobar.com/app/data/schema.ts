// The tables, as the code sees them. Moments are milliseconds since 1970 on every database.
import type { Generated, Kysely } from "kysely";

export interface Tables {
  readonly person: {
    readonly id: Generated<number>;
    readonly name: string;
    /** The name in lower case: two people may not differ by case alone. */
    readonly name_key: string;
    /** PHC string; null for a person who cannot log in. */
    readonly password: string | null;
    readonly about: string;
    readonly joined: number;
  };
  readonly image: {
    readonly hash: string;
    readonly width: number;
    readonly height: number;
    readonly data: Uint8Array;
    readonly added: number;
  };
  readonly post: {
    readonly id: Generated<number>;
    readonly person_id: number;
    readonly title: string;
    readonly body: string;
    readonly image_hash: string | null;
    readonly posted: number;
    /** When its author last changed it. */
    readonly edited: Generated<number | null>;
    /** The form's nonce: one person's form is stored once however often it is sent. */
    readonly nonce: string | null;
  };
  readonly comment: {
    readonly id: Generated<number>;
    readonly post_id: number;
    readonly person_id: number;
    readonly body: string;
    readonly posted: number;
    /** As a post's. */
    readonly nonce: string | null;
  };
  /** The words that search uses; SQLite keeps only their index. */
  readonly post_search: {
    /** The post's id, under the name that FTS5 gives it. */
    readonly rowid: number;
    readonly words: string;
  };
}

export type Db = Kysely<Tables>;
