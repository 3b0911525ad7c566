// Reads posts with their authors, pictures and numbers of comments.
import { sql } from "kysely";
import type { Db } from "./schema.ts";

export interface Post {
  readonly id: number;
  readonly authorId: number;
  readonly title: string;
  /** In lists, the beginning of the text; for a single post, the whole text. */
  readonly body: string;
  readonly author: string;
  readonly posted: number;
  /** When the author last changed the post. */
  readonly edited: number | null;
  readonly comments: number;
  readonly image: PostImage | undefined;
}

export interface PostImage {
  readonly hash: string;
  readonly width: number;
  readonly height: number;
}

const PREVIEW_LENGTH = 480;

/**
 * Returns the posts with these ids, in the order of the ids, with the beginnings of their texts. Posts that no longer
 * exist are left out.
 */
export async function postsByIds(db: Db, ids: readonly number[]): Promise<Post[]> {
  if (ids.length === 0) return [];
  const [rows, counts] = await Promise.all([
    rowsOf(db)
      .select(sql<string>`substr(post.body, 1, ${PREVIEW_LENGTH})`.as("body"))
      .where("post.id", "in", ids)
      .execute(),
    commentCounts(db, ids),
  ]);
  const posts = new Map(rows.map((row) => [row.id, postOf(row, counts.get(row.id) ?? 0)]));
  return ids.flatMap((id) => posts.get(id) ?? []);
}

export async function postById(db: Db, id: number): Promise<Post | undefined> {
  const row = await rowsOf(db).select("post.body").where("post.id", "=", id).executeTakeFirst();
  if (row === undefined) return undefined;
  return postOf(row, (await commentCounts(db, [id])).get(id) ?? 0);
}

function rowsOf(db: Db) {
  return db
    .selectFrom("post")
    .innerJoin("person", "person.id", "post.person_id")
    .leftJoin("image", "image.hash", "post.image_hash")
    .select([
      "post.id",
      "title",
      "posted",
      "edited",
      "person.name as author",
      "post.person_id as authorId",
    ])
    .select(["hash", "width", "height"]);
}

async function commentCounts(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const rows = await db
    .selectFrom("comment")
    .select(["post_id", (eb) => eb.fn.countAll<number | bigint>().as("n")])
    .where("post_id", "in", ids)
    .groupBy("post_id")
    .execute();
  return new Map(rows.map(({ post_id, n }) => [post_id, Number(n)]));
}

/** Returns how many posts a person has written. */
export async function countPosts(db: Db, personId: number): Promise<number> {
  const { n } = await db
    .selectFrom("post")
    .select((eb) => eb.fn.countAll<number | bigint>().as("n"))
    .where("person_id", "=", personId)
    .executeTakeFirstOrThrow();
  return Number(n);
}

type Row = Omit<Post, "comments" | "image"> & {
  readonly hash: string | null;
  readonly width: number | null;
  readonly height: number | null;
};

function postOf({ hash, width, height, ...post }: Row, comments: number): Post {
  const image =
    hash === null || width === null || height === null ? undefined : { hash, width, height };
  return { ...post, comments, image };
}
