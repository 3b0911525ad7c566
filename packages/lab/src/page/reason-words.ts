// Describes in words the reasons that pickers give for a pick.
import type { PickReason } from "@tandem/balancer/pickers";

const REASON_WORDS: Readonly<
  Record<PickReason, { readonly short: string; readonly long: string }>
> = {
  "first-choice": { short: "first choice", long: "the algorithm's first choice" },
  tie: { short: "tie", long: "several were equally good, and chance decided" },
  next: { short: "next best", long: "the first choice was full, down or had failed this request" },
  overflow: { short: "overflow", long: "the key's own server was over its bounded load" },
  cold: { short: "cold", long: "the fastest of those that are not hot" },
  hot: { short: "hot", long: "all were hot: the one with the fewest requests" },
  fallback: { short: "fallback", long: "too little was known, so the algorithm's fallback chose" },
  none: { short: "none", long: "no server was usable" },
};

/** `own` says that the algorithm is a file of the user's own, for which the guard chooses where it fails. */
export function reasonWords(
  reason: string,
  own = false,
): { readonly short: string; readonly long: string } {
  if (own && reason === "fallback")
    return { short: "fallback", long: "your file failed, so least-conn chose" };
  return REASON_WORDS[reason as PickReason] ?? { short: reason, long: reason };
}
