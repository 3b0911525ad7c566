// Exports every balancing algorithm with its options and its description. This package imports no
// other package of Tandem and does not need Node, so that the configuration, the balancer and the
// laboratory's page in the browser can all use it.
export { ALGORITHM_NAMES, ALGORITHMS, type AlgorithmName } from "./algorithms.ts";
export { isCandidate } from "./candidate.ts";
export { FullScan } from "./choose/full-scan.ts";
export { PowerOfChoices } from "./choose/power-of-choices.ts";
export { draws } from "./common-options.ts";
export type { Algorithm, KeySource, Traits, Words } from "./define.ts";
export { haproxyCaps } from "./hash/bounded-load.ts";
export { jump } from "./hash/jump.ts";
export { isPrime, maglevTable, type Permutation } from "./hash/maglev.ts";
export { mix32, murmur3 } from "./hash/murmur3.ts";
export { HASH_METHODS, type HashMethod, type HashParameters } from "./hash/options.ts";
export type { PlacedServer, Placement } from "./hash/placement.ts";
export { PLACEMENTS } from "./hash/placements.ts";
export type * from "./inspection.ts";
export { InFlight } from "./load/in-flight.ts";
export type { Load } from "./load/load.ts";
export type { OracleServer } from "./load/oracle.ts";
export { PeakEwma } from "./load/peak-ewma.ts";
export { Reported } from "./load/reported.ts";
export { ResponseTime } from "./load/response-time.ts";
export { type AlgorithmParameters, algorithmOf, openPicker } from "./open-picker.ts";
export {
  type FilledSetting,
  isPart,
  isTuning,
  keysIn,
  type Option,
  type Options,
  type Part,
  type RequiredKey,
  type Tuning,
  tuningsIn,
  type Values,
} from "./options.ts";
export { jsq, leastReported } from "./oracles.ts";
export type * from "./picker.ts";
export type { PickReason } from "./reason.ts";
