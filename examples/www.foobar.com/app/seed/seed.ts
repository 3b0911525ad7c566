// Puts the first people and posts into an empty database. When at least one person exists already, nothing is added.
import type { Application, SeedContext } from "@tandem/appserver";
import { addComment } from "../data/comments.ts";
import type { Db, Tables } from "../data/schema.ts";
import { addPost } from "../data/writing.ts";
import { PEOPLE, POSTS } from "./content.ts";
import { draw } from "./drawings.ts";

const HOUR_MS = 3_600_000;
const JOINED_BEFORE_MS = 600 * HOUR_MS;

export const seed: NonNullable<Application<Tables>["seed"]> = async ({
  database,
  now,
}: SeedContext<Tables>) => {
  const someone = await database.selectFrom("person").select("id").limit(1).executeTakeFirst();
  if (someone !== undefined) return {};
  const people = await addPeople(database, now - JOINED_BEFORE_MS);
  const idOf = (name: string): number => {
    const id = people.get(name);
    if (id === undefined) throw new Error(`the seed knows no ${name}`);
    return id;
  };
  let comments = 0;
  for (const post of [...POSTS].reverse()) {
    const posted = now - post.ago * HOUR_MS;
    const picture = post.drawing && (await draw(post.drawing));
    const { title, body } = post;
    const postId = await addPost(database, {
      ...{ personId: idOf(post.by), title, body, picture, now: posted },
    });
    for (const { by, after, body } of post.comments) {
      const at = posted + after * HOUR_MS;
      await addComment(database, { postId, personId: idOf(by), body, now: at });
      comments++;
    }
  }
  return { people: people.size, posts: POSTS.length, comments };
};

async function addPeople(db: Db, joined: number): Promise<Map<string, number>> {
  const people = new Map<string, number>();
  for (const [name, about] of Object.entries(PEOPLE)) {
    const { insertId } = await db
      .insertInto("person")
      .values({ name, name_key: name.toLowerCase(), password: null, about, joined })
      .executeTakeFirstOrThrow();
    people.set(name, Number(insertId));
  }
  return people;
}
