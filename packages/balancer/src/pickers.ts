// The pure part of the balancer, for the laboratory: every algorithm and what decides who may be picked.
// Nothing here or behind it needs Node; it runs in a browser as it is.

export * from "./eligibility/eligible.ts";
export * from "./eligibility/member.ts";
export * from "./eligibility/panic.ts";
export * from "./eligibility/priorities.ts";
export * from "./eligibility/slow-start.ts";
export * from "./eligibility/subset.ts";
export * from "./eligibility/zones.ts";
export { FullScan } from "./picker/choose/full-scan.ts";
export { PowerOfChoices } from "./picker/choose/power-of-choices.ts";
export { boundedCap, haproxyCaps } from "./picker/hash/bounded-load.ts";
export { jump } from "./picker/hash/jump.ts";
export { maglevTable, type Permutation } from "./picker/hash/maglev.ts";
export { murmur3 } from "./picker/hash/murmur3.ts";
export { PLACEMENTS, type PlacedServer, type Placement } from "./picker/hash/placement.ts";
export type * from "./picker/inspection.ts";
export { InFlight } from "./picker/load/in-flight.ts";
export type { Load } from "./picker/load/load.ts";
export type { OracleServer } from "./picker/load/oracle.ts";
export { PeakEwma } from "./picker/load/peak-ewma.ts";
export { Reported } from "./picker/load/reported.ts";
export { ResponseTime } from "./picker/load/response-time.ts";
export { leastReported, ORACLES } from "./picker/oracles.ts";
export * from "./picker/parameters.ts";
export type * from "./picker/picker.ts";
export {
  type Algorithm,
  type AlgorithmParameters,
  openPicker,
  PICKERS,
  type PickerFactory,
} from "./picker/pickers.ts";
export type { PickReason } from "./picker/reason.ts";
export { TRAITS, type Traits } from "./picker/traits.ts";
