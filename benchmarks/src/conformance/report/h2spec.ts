// Which cases of the program h2spec the cases over HTTP/2 cover.
import type { Topic } from "../case.ts";

/** Returns the ids of our cases by the case of h2spec that they cover, such as `http2/5.1/3`. */
export function h2specCases(topics: readonly Topic[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { id, h2spec = [] } of topics.flatMap(({ cases }) => cases)) {
    for (const name of h2spec) found.set(name, [...(found.get(name) ?? []), id]);
  }
  return found;
}
