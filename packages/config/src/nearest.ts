// Finds the accepted word for "did you mean": the word most similar to the written one, if any is similar enough.
import { distance } from "fastest-levenshtein";

/**
 * Returns the candidate most similar to `word`, or undefined when none is similar enough. Case, dashes and
 * underscores are ignored, so `roundrobin` and `least_conn` find the right names. A common beginning counts, so
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
  // Two swapped letters are the most common slip, but edit distance counts them as two edits. Here they count as half
  // an edit.
  const edits = sorted(wanted) === sorted(candidate) ? 0.5 : distance(wanted, candidate);
  const shorter = Math.min(wanted.length, candidate.length);
  // Up to a third of a word may be mistyped. With more, the suggestion would be a guess.
  if (edits <= Math.max(1, Math.floor(shorter / 3))) return edits;
  const prefix = shorter >= 4 && (wanted.startsWith(candidate) || candidate.startsWith(wanted));
  return prefix ? edits : undefined;
}
