// Stands for a look-up in a database.
const TOKENS: ReadonlyMap<string, string> = new Map([["Bearer secret", "ada"]]);

/** Who bears this `Authorization`, if anybody. */
export async function userOf(authorization: string | undefined): Promise<string | undefined> {
  return authorization === undefined ? undefined : TOKENS.get(authorization);
}
