// Stores and lists the comments under a post, oldest first.
import { storeOnce } from "./once.ts";
import type { Db } from "./schema.ts";

export interface Comment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  readonly posted: number;
}

/** The most comments shown under a post, so that the page stays small. */
export const MOST_COMMENTS = 500;

export async function commentsOf(db: Db, postId: number): Promise<Comment[]> {
  return db
    .selectFrom("comment")
    .innerJoin("person", "person.id", "comment.person_id")
    .select(["comment.id", "person.name as author", "comment.body", "comment.posted"])
    .where("comment.post_id", "=", postId)
    .orderBy("comment.id")
    .limit(MOST_COMMENTS)
    .execute();
}

/**
 * Adds a comment and resolves to its id. When the same person sends the form with the same `nonce` again, nothing is
 * added, and the id is that of the first comment.
 */
export async function addComment(
  db: Db,
  comment: {
    readonly postId: number;
    readonly personId: number;
    readonly body: string;
    readonly nonce?: string | undefined;
    readonly now: number;
  },
): Promise<number> {
  const { postId: post_id, personId: person_id, body, nonce = null, now: posted } = comment;
  return storeOnce(
    async () => {
      const result = await db
        .insertInto("comment")
        .values({ post_id, person_id, body, nonce, posted })
        .executeTakeFirstOrThrow();
      return Number(result.insertId);
    },
    async () => {
      const row = await db
        .selectFrom("comment")
        .select("id")
        .where("person_id", "=", person_id)
        .where("nonce", "=", nonce)
        .executeTakeFirst();
      return row?.id;
    },
  );
}
