// What other packages may use: certificates, the supervisor, and what runs where.
export { createAuthority } from "./certificates/authority.ts";
export type { KeyPair } from "./certificates/files.ts";
export { issue, type LeafRequest } from "./certificates/issue.ts";
export { type Command, type Executables, tierExecutables } from "./executables.ts";
export { Supervisor, type SupervisorOptions, type TierReport } from "./supervisor.ts";
export { boxesOf, type Placement, placements, type TierName } from "./topology.ts";
