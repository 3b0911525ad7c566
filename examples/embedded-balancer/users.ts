// A table in place of a look-up in a database.
const TOKENS: ReadonlyMap<string, string> = new Map([["Bearer secret", "ada"]]);

/** The user with this `Authorization`; undefined when there is none. */
export async function userOf(authorization: string | undefined): Promise<string | undefined> {
  return authorization === undefined ? undefined : TOKENS.get(authorization);
}
