// The part of the balancer that does no input or output, for the laboratory: every algorithm, and the rules for which
// servers may be picked. Nothing that this file imports needs Node, so that it runs in a browser unchanged.

export * from "@tandem/algorithms";
export * from "./eligibility/eligible.ts";
export * from "./eligibility/member.ts";
export * from "./eligibility/panic.ts";
export * from "./eligibility/priorities.ts";
export * from "./eligibility/slow-start.ts";
export * from "./eligibility/subset.ts";
export * from "./eligibility/zones.ts";
