// Maps Authorization fields to users, in place of a look-up in a database.
const TOKENS: ReadonlyMap<string, string> = new Map([["Bearer secret", "ada"]]);

/** Returns the user with this value of the Authorization field; undefined when there is no such user. */
export async function userOf(authorization: string | undefined): Promise<string | undefined> {
  return authorization === undefined ? undefined : TOKENS.get(authorization);
}
