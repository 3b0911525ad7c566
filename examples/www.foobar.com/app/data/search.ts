// Searches posts. The words of each post are in a table of their own, indexed by FULLTEXT on MySQL and by FTS5 on
// SQLite. The words are normalized before they are stored, so that both databases find the same posts whatever their
// settings.
import type { DatabaseKind } from "@tandem/appserver";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Db } from "./schema.ts";

/**
 * The length of the shortest word that MySQL's InnoDB indexes (`innodb_ft_min_token_size`). Shorter words are padded.
 * InnoDB also ignores words of more than 84 characters, so words are cut to LONGEST characters.
 */
const SHORTEST = 3;
const LONGEST = 60;

/** How many posts next to the wanted page are read and searched first, before the full-text index is used. */
const NEAR = 1000;

const WORD = /[\p{L}\p{N}_]+/gu;
/** Characters of scripts without spaces between words. Each such character counts as a word. */
const SPACELESS = /(\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai})/u;

/** Returns the words of `text` in lower case and without accents, each word once. */
export function wordsOf(text: string): string[] {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = (plain.match(WORD) ?? []).flatMap((word) => word.split(SPACELESS));
  return [...new Set(words.filter((word) => word !== "").map((word) => word.slice(0, LONGEST)))];
}

/** Returns the text that is stored for a post: its words, each after a space and padded, such as ` we_ post_`. */
export function searchText(...texts: readonly string[]): string {
  return wordsOf(texts.join(" "))
    .map((word) => ` ${whole(word)}`)
    .join("");
}

/**
 * Pads a word with one or more underscores: `we_`, `post_`. So a short word is long enough to be indexed, and no word
 * is one of those that MySQL ignores (`the`, `with`).
 */
function whole(word: string): string {
  return word.padEnd(Math.max(SHORTEST, word.length + 1), "_");
}

export interface Wanted {
  /**
   * The result of `wordsOf` for the visitor's search. A word shorter than SHORTEST finds only the same word. A longer
   * word also finds words that begin with it.
   */
  readonly words: readonly string[];
  /**
   * Restricts the search to posts that are newer than the post with the id `of`, or, when `newer`
   * is false, older than that post. The nearest posts are found first. Without `side`, the newest
   * posts are found.
   */
  readonly side?: { readonly of: number; readonly newer: boolean } | undefined;
  readonly limit: number;
}

/** Returns the ids of posts that contain all words. */
export async function searchIds(db: Db, kind: DatabaseKind, wanted: Wanted): Promise<number[]> {
  if (wanted.words.length === 0) return [];
  if (kind === "sqlite") return matching(db, wanted, sql`post_search match ${fts5(wanted.words)}`);
  // InnoDB collects and sorts every post that has a word, however few results are wanted. This took 1.3 s for a word
  // that 200 000 posts contain. So the posts next to the wanted page are searched first, where a frequent word is
  // found often enough. The index is used only for rarer words.
  const near = await nearby(db, wanted);
  if (near.length === wanted.limit) return near;
  return matching(db, wanted, sql`match(words) against (${innodb(wanted.words)} in boolean mode)`);
}

function fts5(words: readonly string[]): string {
  return words.map((w) => (w.length < SHORTEST ? `"${whole(w)}"` : `"${w}"*`)).join(" ");
}

function innodb(words: readonly string[]): string {
  return words.map((w) => (w.length < SHORTEST ? `+${whole(w)}` : `+${w}*`)).join(" ");
}

async function matching(db: Db, wanted: Wanted, match: RawBuilder<SqlBool>): Promise<number[]> {
  const rows = await beside(db, wanted).where(match).limit(wanted.limit).execute();
  return rows.map(({ rowid }) => rowid);
}

async function nearby(db: Db, wanted: Wanted): Promise<number[]> {
  const near = beside(db, wanted).select("words").limit(NEAR).as("near");
  let query = db.selectFrom(near).select("near.rowid");
  for (const word of wanted.words) {
    const start = word.length < SHORTEST ? whole(word) : word;
    query = query.where(
      sql<SqlBool>`near.words like ${`% ${start.replaceAll("_", "!_")}%`} escape '!'`,
    );
  }
  const order = wanted.side?.newer === true ? "asc" : "desc";
  const rows = await query.orderBy("near.rowid", order).limit(wanted.limit).execute();
  return rows.map(({ rowid }) => rowid);
}

function beside(db: Db, { side }: Wanted) {
  const all = db.selectFrom("post_search").select("rowid");
  if (side === undefined) return all.orderBy("rowid", "desc");
  return side.newer
    ? all.where("rowid", ">", side.of).orderBy("rowid", "asc")
    : all.where("rowid", "<", side.of).orderBy("rowid", "desc");
}
