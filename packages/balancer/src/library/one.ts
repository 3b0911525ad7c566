// Looks up a thing by its name. When nothing has that name, the error lists all names.

/**
 * Returns the thing with that name, or the only thing when no name is given. Otherwise throws a RangeError that lists
 * the names.
 */
export function one<T extends { readonly name: string }>(
  kind: string,
  all: readonly T[],
  name?: string,
): T {
  const found = name === undefined ? all : all.filter((thing) => thing.name === name);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const names = all.map((thing) => `"${thing.name}"`).join(", ");
  const wanted = name === undefined ? `Which ${kind}?` : `There is no ${kind} "${name}".`;
  throw new RangeError(`${wanted} There are: ${names}`);
}
