// Mean value analysis (Reiser & Lavenberg 1980) of a closed loop: users who think, then ask one of n equal servers at
// random. A request finds what a system with one user less has on average (the arrival theorem).

/** Returns the mean time in the system and the requests per unit of time; the mean service is 1. */
export function closedLoop(
  users: number,
  think: number,
  servers: number,
): { readonly meanTime: number; readonly throughput: number } {
  let [onEach, meanTime, throughput] = [0, 0, 0];
  for (let user = 1; user <= users; user++) {
    meanTime = 1 + onEach;
    throughput = user / (think + meanTime);
    onEach = (throughput * meanTime) / servers;
  }
  return { meanTime, throughput };
}
