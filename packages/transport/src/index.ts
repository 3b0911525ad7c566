// What touches sockets, time and the life of a process.
export { type Clock, type Rng, systemClock, systemRng, type Timer } from "./clock.ts";
export { type ReadyMessage, type RunOptions, runService } from "./run-service.ts";
export type { Service } from "./service.ts";
