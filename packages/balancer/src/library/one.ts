// Looks a thing up by its name, and says what there is when there is no such thing.

/** The thing of that name; without a name, the only one. Throws a RangeError that lists the names. */
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
