// "Did you mean": the accepted word nearest to what was written, if any is near enough.
import { distance } from "fastest-levenshtein";

/**
 * The candidate most like `word`, or undefined when none is near. Case, dashes and underscores count
 * for nothing, so `roundrobin` and `least_conn` find their names; a common beginning counts, so
 * `maxconn` finds `maxConnections`.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = bare(word);
  let best: { readonly candidate: string; readonly cost: number } | undefined;
  for (const candidate of candidates) {
    const cost = costOf(wanted, bare(candidate));
    if (cost !== undefined && cost < (best?.cost ?? Number.POSITIVE_INFINITY))
      best = { candidate, cost };
  }
  return best?.candidate;
}

const bare = (word: string): string => word.toLowerCase().replaceAll(/[-_. ]/g, "");

const sorted = (word: string): string => [...word].sort().join("");

function costOf(wanted: string, candidate: string): number | undefined {
  if (wanted === candidate) return 0;
  // Letters in the wrong order are the commonest slip, and cost two edits by this measure.
  const edits = sorted(wanted) === sorted(candidate) ? 0.5 : distance(wanted, candidate);
  const shorter = Math.min(wanted.length, candidate.length);
  // A third of a word may be mistyped; more and the suggestion would be a guess.
  if (edits <= Math.max(1, Math.floor(shorter / 3))) return edits;
  const prefix = shorter >= 4 && (wanted.startsWith(candidate) || candidate.startsWith(wanted));
  return prefix ? edits : undefined;
}
