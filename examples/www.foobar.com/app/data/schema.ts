// The tables as TypeScript types. Times are milliseconds since 1970 in every database.
import type { Generated, Kysely } from "kysely";

export interface Tables {
  readonly person: {
    readonly id: Generated<number>;
    readonly name: string;
    /** The name in lower case. It is unique, so that the names of two people do not differ by case alone. */
    readonly name_key: string;
    /** The password's hash as a PHC string; null for a person who cannot log in. */
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
    /** When the author last changed the post. */
    readonly edited: Generated<number | null>;
    /** The form's nonce. A form with the same nonce from the same person is stored only once. */
    readonly nonce: string | null;
  };
  readonly comment: {
    readonly id: Generated<number>;
    readonly post_id: number;
    readonly person_id: number;
    readonly body: string;
    readonly posted: number;
    /** The form's nonce. A form with the same nonce from the same person is stored only once. */
    readonly nonce: string | null;
  };
  /** The words that search uses; SQLite keeps only their index. */
  readonly post_search: {
    /** The post's id. The column is called rowid because SQLite's FTS5 uses this name. */
    readonly rowid: number;
    readonly words: string;
  };
}

export type Db = Kysely<Tables>;
