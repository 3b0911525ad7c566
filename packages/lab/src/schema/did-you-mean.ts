// Guesses what was meant by a name that is not known.
import { distance } from "fastest-levenshtein";

/** Returns "; did you mean 'x'?" when one of `known` is close to the typed text, otherwise "". */
export function didYouMean(typed: string, known: readonly string[]): string {
  const wanted = typed.toLowerCase();
  const [best] = known
    .map((name) => ({ name, far: distance(wanted, name.toLowerCase()) }))
    .toSorted((a, b) => a.far - b.far);
  if (best === undefined || best.far > Math.max(2, wanted.length / 3)) return "";
  return `; did you mean '${best.name}'?`;
}
