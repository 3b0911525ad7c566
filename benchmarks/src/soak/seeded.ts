/**
 * Returns Park and Miller's generator of pseudorandom numbers from 0 to 1. The same seed gives the
 * same numbers, so every run of a test makes the same visits.
 */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
