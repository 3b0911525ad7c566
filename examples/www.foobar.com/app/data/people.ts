// Stores people with their names and passwords, and makes sure that no name is taken twice.
import { isDuplicate } from "./conflicts.ts";
import type { Db } from "./schema.ts";

/** A person as pages show it. */
export interface Person {
  readonly id: number;
  readonly name: string;
  readonly about: string;
  readonly joined: number;
}

const SHOWN = ["id", "name", "about", "joined"] as const;

export async function personById(db: Db, id: number): Promise<Person | undefined> {
  return db.selectFrom("person").select(SHOWN).where("id", "=", id).executeTakeFirst();
}

export async function personByName(db: Db, name: string): Promise<Person | undefined> {
  return db
    .selectFrom("person")
    .select(SHOWN)
    .where("name_key", "=", name.toLowerCase())
    .executeTakeFirst();
}

/**
 * Returns the id and the password hash of the person with this name, to check a log-in; undefined when there is no such
 * person.
 */
export async function credentials(
  db: Db,
  name: string,
): Promise<{ readonly id: number; readonly password: string | null } | undefined> {
  return db
    .selectFrom("person")
    .select(["id", "password"])
    .where("name_key", "=", name.toLowerCase())
    .executeTakeFirst();
}

/**
 * Adds a person and returns the id; undefined when the name is taken, even if another request took it at the same
 * moment.
 */
export async function addPerson(
  db: Db,
  person: { readonly name: string; readonly password: string; readonly now: number },
): Promise<number | undefined> {
  const { name, password, now } = person;
  try {
    const result = await db
      .insertInto("person")
      .values({ name, name_key: name.toLowerCase(), password, about: "", joined: now })
      .executeTakeFirst();
    return Number(result.insertId);
  } catch (error) {
    if (isDuplicate(error)) return undefined;
    throw error;
  }
}

export async function setAbout(db: Db, id: number, about: string): Promise<void> {
  await db.updateTable("person").set({ about }).where("id", "=", id).execute();
}
