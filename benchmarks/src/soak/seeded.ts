/** Park and Miller's generator of numbers from 0 to 1: the same visits in every run. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
