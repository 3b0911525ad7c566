// Stores pictures in the database of the site, under the hash of their bytes. So both boxes see a picture, and a
// picture that is posted several times is stored once.
import type { Picture } from "../pictures/picture.ts";
import { isDuplicate } from "./conflicts.ts";
import type { Db } from "./schema.ts";

/** Stores `picture` unless it is stored already. */
export async function addImage(db: Db, picture: Picture, now: number): Promise<void> {
  const { hash, width, height, data } = picture;
  try {
    await db.insertInto("image").values({ hash, width, height, data, added: now }).execute();
  } catch (error) {
    // A picture with this hash exists already. The same hash means the same bytes, so there is nothing to do.
    if (!isDuplicate(error)) throw error;
  }
}

export async function imageData(db: Db, hash: string): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom("image")
    .select("data")
    .where("hash", "=", hash)
    .executeTakeFirst();
  return row === undefined ? undefined : Buffer.from(row.data);
}
