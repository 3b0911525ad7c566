// Adds, changes and deletes posts, together with the words that search uses.
import type { Picture } from "../pictures/picture.ts";
import { isReferenced } from "./conflicts.ts";
import { addImage } from "./images.ts";
import { storeOnce } from "./once.ts";
import type { Db } from "./schema.ts";
import { searchText } from "./search.ts";

export interface NewPost {
  readonly personId: number;
  readonly title: string;
  readonly body: string;
  readonly picture: Picture | undefined;
  readonly nonce?: string | undefined;
  readonly now: number;
}

/**
 * Adds a post and resolves to its id. When the same person sends the form with the same `nonce` again, nothing is
 * added, and the id is that of the first post.
 */
export async function addPost(db: Db, post: NewPost): Promise<number> {
  const { personId, nonce = null } = post;
  return storeOnce(
    () => db.transaction().execute((inside) => insertPost(inside, post)),
    async () => {
      const row = await db
        .selectFrom("post")
        .select("id")
        .where("person_id", "=", personId)
        .where("nonce", "=", nonce)
        .executeTakeFirst();
      return row?.id;
    },
  );
}

async function insertPost(db: Db, post: NewPost): Promise<number> {
  const { personId: person_id, title, body, picture, nonce = null, now: posted } = post;
  // The picture is stored in the same transaction as its post. Otherwise the deletion of another post with this picture
  // could remove the picture before the new post refers to it.
  if (picture !== undefined) await addImage(db, picture, posted);
  const result = await db
    .insertInto("post")
    .values({ person_id, title, body, image_hash: picture?.hash ?? null, nonce, posted })
    .executeTakeFirstOrThrow();
  const id = Number(result.insertId);
  await writeWords(db, id);
  return id;
}

/** Changes a post for its author. Returns false when the person has written no post with this id. */
export async function editPost(
  db: Db,
  post: {
    readonly id: number;
    readonly personId: number;
    readonly title: string;
    readonly body: string;
    readonly now: number;
  },
): Promise<boolean> {
  const { id, personId, title, body, now: edited } = post;
  return db.transaction().execute(async (inside) => {
    const { numUpdatedRows } = await inside
      .updateTable("post")
      .set({ title, body, edited })
      .where("id", "=", id)
      .where("person_id", "=", personId)
      .executeTakeFirst();
    if (Number(numUpdatedRows) === 0) return false;
    await inside.deleteFrom("post_search").where("rowid", "=", id).execute();
    await writeWords(inside, id);
    return true;
  });
}

/**
 * Deletes a post for its author, with its comments, and with its picture unless another post shows that picture.
 * Returns false when the person has written no post with this id.
 */
export async function deletePost(db: Db, id: number, personId: number): Promise<boolean> {
  return db.transaction().execute(async (inside) => {
    const post = await inside
      .selectFrom("post")
      .select("image_hash")
      .where("id", "=", id)
      .where("person_id", "=", personId)
      .executeTakeFirst();
    if (post === undefined) return false;
    await inside.deleteFrom("comment").where("post_id", "=", id).execute();
    await inside.deleteFrom("post_search").where("rowid", "=", id).execute();
    await inside.deleteFrom("post").where("id", "=", id).execute();
    if (post.image_hash !== null) await deleteUnused(inside, post.image_hash);
    return true;
  });
}

/** Deletes the picture. When another post shows it, the foreign key refuses the deletion, and the picture stays. */
async function deleteUnused(db: Db, hash: string): Promise<void> {
  try {
    await db.deleteFrom("image").where("hash", "=", hash).execute();
  } catch (error) {
    if (!isReferenced(error)) throw error;
  }
}

async function writeWords(db: Db, id: number): Promise<void> {
  const { title, body, name } = await db
    .selectFrom("post")
    .innerJoin("person", "person.id", "post.person_id")
    .select(["title", "body", "name"])
    .where("post.id", "=", id)
    .executeTakeFirstOrThrow();
  await db
    .insertInto("post_search")
    .values({ rowid: id, words: searchText(title, body, name) })
    .execute();
}
