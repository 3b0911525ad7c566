// Lists posts, page by page. First the ids of a page are read from an index alone, and then the rows with these ids.
// When the tables were joined first and sorted afterwards, the front page took 1.8 s at 100 000 posts. A page is
// identified by the post next to it and not by a number, because OFFSET reads all the rows that it skips.
import type { DatabaseKind } from "@tandem/appserver";
import { type Post, postsByIds } from "./posts.ts";
import type { Db } from "./schema.ts";
import { searchIds } from "./search.ts";

/** The number of posts on a page: one large card and three rows of two. */
const PAGE_SIZE = 7;

/** A position between two posts of a list, from which a page is read in one direction. */
export interface Cursor {
  readonly posted: number;
  readonly id: number;
  /** Whether the page has the posts newer than this position; otherwise it has the older posts. */
  readonly newer: boolean;
}

export interface PostPage {
  readonly posts: readonly Post[];
  /** The positions where the page of newer posts and the page of older posts begin; undefined where the list ends. */
  readonly newer: Cursor | undefined;
  readonly older: Cursor | undefined;
}

/** Finds ids on one side of a cursor, the nearest first; without a cursor, the newest ids. */
type Finder = (cursor: Cursor | undefined, limit: number) => Promise<readonly number[]>;

/** Returns the newest posts; with `personId`, only the posts of that person. */
export function listPosts(db: Db, cursor?: Cursor, personId?: number): Promise<PostPage> {
  return pageOf(db, cursor, (at, limit) => newestIds(db, at, limit, personId));
}

/** Returns posts that contain each of `words`, the newest first. */
export function searchPosts(
  db: Db,
  kind: DatabaseKind,
  words: readonly string[],
  cursor?: Cursor,
): Promise<PostPage> {
  return pageOf(db, cursor, (at, limit) => {
    const side = at && { of: at.id, newer: at.newer };
    return searchIds(db, kind, { words, side, limit });
  });
}

async function pageOf(db: Db, cursor: Cursor | undefined, find: Finder): Promise<PostPage> {
  // One more post is read than a page shows. If that post exists, there is another page.
  const found = await find(cursor, PAGE_SIZE + 1);
  const more = found.length > PAGE_SIZE;
  // When no further newer posts remain, this is the first page of the list. It is read anew from the newest post on, so
  // that it is always full.
  if (cursor?.newer === true && !more) return pageOf(db, undefined, find);
  const ids = found.slice(0, PAGE_SIZE);
  if (cursor?.newer === true) ids.reverse();
  const posts = await postsByIds(db, ids);
  const [first, last] = [posts[0], posts.at(-1)];
  const behind = cursor?.newer === true || more ? last : undefined;
  const before = cursor === undefined ? undefined : first;
  return {
    posts,
    newer: before && { posted: before.posted, id: before.id, newer: true },
    older: behind && { posted: behind.posted, id: behind.id, newer: false },
  };
}

async function newestIds(
  db: Db,
  cursor: Cursor | undefined,
  limit: number,
  personId: number | undefined,
): Promise<readonly number[]> {
  let query = db.selectFrom("post").select("id").limit(limit);
  if (personId !== undefined) query = query.where("person_id", "=", personId);
  const order = cursor?.newer === true ? "asc" : "desc";
  query = query.orderBy("posted", order).orderBy("id", order);
  if (cursor !== undefined) {
    const { posted, id, newer } = cursor;
    // The condition is not written as (posted, id) < (…), because MySQL uses no index for that form.
    query = query
      .where("posted", newer ? ">=" : "<=", posted)
      .where((eb) =>
        eb.or([eb("posted", newer ? ">" : "<", posted), eb("id", newer ? ">" : "<", id)]),
      );
  }
  return (await query.execute()).map((row) => row.id);
}
