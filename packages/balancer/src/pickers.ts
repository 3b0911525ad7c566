// The pure part of the balancer, for the laboratory: every algorithm and what decides who may be picked.
// Nothing here or behind it needs Node; it runs in a browser as it is.

export * from "@tandem/algorithms";
export * from "./eligibility/eligible.ts";
export * from "./eligibility/member.ts";
export * from "./eligibility/panic.ts";
export * from "./eligibility/priorities.ts";
export * from "./eligibility/slow-start.ts";
export * from "./eligibility/subset.ts";
export * from "./eligibility/zones.ts";
