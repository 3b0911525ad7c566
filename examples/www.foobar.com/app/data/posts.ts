// Posts with their authors, pictures and numbers of comments, page by page.
import { type SelectQueryBuilder, type SqlBool, sql } from "kysely";
import { storeOnce } from "./once.ts";
import type { Db, Tables } from "./schema.ts";

/** A post as lists show it. */
export interface PostSummary {
  readonly id: number;
  readonly title: string;
  /** The beginning of the text in lists, all of it for one post. */
  readonly body: string;
  readonly author: string;
  readonly posted: number;
  readonly comments: number;
  readonly image: PostImage | undefined;
}

export interface PostImage {
  readonly hash: string;
  readonly width: number;
  readonly height: number;
}

export interface PostPage {
  readonly posts: readonly PostSummary[];
  readonly page: number;
  readonly pages: number;
  readonly total: number;
}

export interface PostFilter {
  readonly personId?: number;
  /** Each must occur in the title, the text or the author's name. */
  readonly words?: readonly string[];
}

/** One large card and three rows of two. */
const PAGE_SIZE = 7;
const PREVIEW_LENGTH = 480;

/** The newest posts that pass `filter`; a page beyond the last is empty. */
export async function listPosts(db: Db, page: number, filter: PostFilter = {}): Promise<PostPage> {
  const { total } = await filtered(db, filter)
    .select((eb) => eb.fn.countAll<number | bigint>().as("total"))
    .executeTakeFirstOrThrow();
  const rows = await filtered(db, filter)
    .leftJoin("image", "image.hash", "post.image_hash")
    .select(["post.id", "title", "posted", "person.name as author", "hash", "width", "height"])
    .select(sql<string>`substr(post.body, 1, ${PREVIEW_LENGTH})`.as("body"))
    .select((eb) => commentCount(eb.selectFrom("comment")).as("comments"))
    .orderBy("posted", "desc")
    .orderBy("post.id", "desc")
    .limit(PAGE_SIZE)
    .offset((page - 1) * PAGE_SIZE)
    .execute();
  const pages = Math.max(1, Math.ceil(Number(total) / PAGE_SIZE));
  return { posts: rows.map(summary), page, pages, total: Number(total) };
}

export async function postById(db: Db, id: number): Promise<PostSummary | undefined> {
  const row = await filtered(db, {})
    .leftJoin("image", "image.hash", "post.image_hash")
    .select(["post.id", "title", "posted", "person.name as author", "hash", "width", "height"])
    .select("post.body")
    .select((eb) => commentCount(eb.selectFrom("comment")).as("comments"))
    .where("post.id", "=", id)
    .executeTakeFirst();
  return row === undefined ? undefined : summary(row);
}

/** Adds a post and resolves to its id; the same person's form with the same `nonce` counts once. */
export async function addPost(
  db: Db,
  post: {
    readonly personId: number;
    readonly title: string;
    readonly body: string;
    readonly imageHash: string | undefined;
    readonly nonce?: string | undefined;
    readonly now: number;
  },
): Promise<number> {
  const { personId: person_id, title, body, imageHash, nonce = null, now: posted } = post;
  return storeOnce(
    async () => {
      const result = await db
        .insertInto("post")
        .values({ person_id, title, body, image_hash: imageHash ?? null, nonce, posted })
        .executeTakeFirstOrThrow();
      return Number(result.insertId);
    },
    async () => {
      const row = await db
        .selectFrom("post")
        .select("id")
        .where("person_id", "=", person_id)
        .where("nonce", "=", nonce)
        .executeTakeFirst();
      return row?.id;
    },
  );
}

function filtered(db: Db, { personId, words = [] }: PostFilter) {
  let query = db.selectFrom("post").innerJoin("person", "person.id", "post.person_id");
  if (personId !== undefined) query = query.where("post.person_id", "=", personId);
  for (const word of words) {
    const pattern = containing(word);
    const like = (column: string) => sql<SqlBool>`${sql.ref(column)} like ${pattern} escape '!'`;
    query = query.where((eb) =>
      eb.or([like("post.title"), like("post.body"), like("person.name")]),
    );
  }
  return query;
}

/** `!` is the escape: a backslash means something already in MySQL's strings, and not in SQLite's. */
function containing(word: string): string {
  return `%${word.replace(/[!%_]/g, "!$&")}%`;
}

function commentCount(query: SelectQueryBuilder<Tables, "comment", object>) {
  return query
    .select((eb) => eb.fn.countAll<number | bigint>().as("n"))
    .where("comment.post_id", "=", sql.ref<number>("post.id"));
}

interface Row {
  readonly id: number;
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly posted: number;
  readonly comments: number | bigint | null;
  readonly hash: string | null;
  readonly width: number | null;
  readonly height: number | null;
}

function summary({ hash, width, height, comments, ...post }: Row): PostSummary {
  const image =
    hash === null || width === null || height === null ? undefined : { hash, width, height };
  return { ...post, comments: Number(comments), image };
}
