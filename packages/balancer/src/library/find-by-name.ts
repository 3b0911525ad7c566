// Looks up a frontend, backend or server by its name. When there is none with that name, the error lists all names.

/**
 * Returns the item of `all` that has the name `name`, or the only item when no name is given. Throws a RangeError that
 * lists the names when there is no such item.
 */
export function findByName<T extends { readonly name: string }>(
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
