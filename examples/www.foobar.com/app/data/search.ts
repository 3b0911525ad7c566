// Search: the words of each post in a table of their own, indexed by FULLTEXT on MySQL and by FTS5 on SQLite. They
// are written in one normal form first, so that both engines find the same, whatever their settings.
import type { DatabaseKind } from "@tandem/appserver";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Db } from "./schema.ts";

/** MySQL's InnoDB indexes no word that is shorter (`innodb_ft_min_token_size`), and none of more than 84 characters. */
const SHORTEST = 3;
const LONGEST = 60;

/** How many posts next to the cursor are looked through before the index is asked. */
const NEAR = 1000;

const WORD = /[\p{L}\p{N}_]+/gu;
/** Scripts without spaces between words: each character counts as a word. */
const SPACELESS = /(\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai})/u;

/** The words of `text` in lower case and without accents, each once. */
export function wordsOf(text: string): string[] {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = (plain.match(WORD) ?? []).flatMap((word) => word.split(SPACELESS));
  return [...new Set(words.filter((word) => word !== "").map((word) => word.slice(0, LONGEST)))];
}

/** What is kept of a post: its words, each after a space. */
export function searchText(...texts: readonly string[]): string {
  return wordsOf(texts.join(" "))
    .map((word) => ` ${whole(word)}`)
    .join("");
}

/** Underscores make a word long enough to be indexed, and none of those that MySQL leaves out (`the`, `with`). */
function whole(word: string): string {
  return word.padEnd(Math.max(SHORTEST, word.length + 1), "_");
}

export interface Wanted {
  /** What `wordsOf` made of what a visitor looks for; short ones match whole words, others beginnings. */
  readonly words: readonly string[];
  /** Only posts on that side of this id, the nearest first; without it the newest. */
  readonly side?: { readonly of: number; readonly newer: boolean } | undefined;
  readonly limit: number;
}

/** Ids of posts that contain all words. */
export async function searchIds(db: Db, kind: DatabaseKind, wanted: Wanted): Promise<number[]> {
  if (wanted.words.length === 0) return [];
  if (kind === "sqlite") return matching(db, wanted, sql`post_search match ${fts5(wanted.words)}`);
  // InnoDB collects and sorts each post that has a word, however few are asked for: 1.3 s for a word of 200 000
  // posts. A word of so many posts is found in those at hand; the index is for the others.
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
