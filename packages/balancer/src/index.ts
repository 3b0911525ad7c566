// The balancer as a library (docs/library.md).
export { ConfigError } from "@tandem/config";
export type { Answer } from "@tandem/filters";
export type { HeaderFields } from "@tandem/http";
export type { AccessRecord } from "@tandem/telemetry";
export type { Status } from "./admin/status.ts";
export type { Refusal } from "./frontend/refusal.ts";
export type { HealthChange } from "./health/backend-checks.ts";
export type { Balancer, ServerChange } from "./library/balancer.ts";
export { createBalancer } from "./library/create-balancer.ts";
export type { Embedding } from "./library/embedding.ts";
export type { BalancerEvents, ProgramFault } from "./library/events.ts";
export type { Hooks, IncomingRequest, OutgoingResponse } from "./library/hooks.ts";
export type { BalancerOptions } from "./library/options.ts";
