// The laboratory: a discrete-event simulator that drives the balancer's own algorithms.
export { ALGORITHMS } from "./sim/algorithms.ts";
export type { Scenario } from "./sim/scenario.ts";
export { Simulation, simulate } from "./sim/simulation.ts";
export { EventHash, type Tap } from "./sim/tap.ts";
