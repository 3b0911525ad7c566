// Pictures, named by the hash of their bytes: a picture is stored once, however often it is posted, and both boxes
// see it.
import type { Picture } from "../pictures/picture.ts";
import { isDuplicate } from "./conflicts.ts";
import type { Db } from "./schema.ts";

/** Stores `picture` unless it is there. */
export async function addImage(db: Db, picture: Picture, now: number): Promise<void> {
  const { hash, width, height, data } = picture;
  try {
    await db.insertInto("image").values({ hash, width, height, data, added: now }).execute();
  } catch (error) {
    // The same name means the same bytes.
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
