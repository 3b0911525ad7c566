/**
 * Returns Park and Miller's generator of numbers from 0 to 1. With the same seed, every run makes the same visits.
 */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
