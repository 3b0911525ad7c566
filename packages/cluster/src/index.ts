// The parts of this package that other packages use: certificates, the supervisor, and which tier runs on which
// box.
export { createAuthority } from "./certificates/authority.ts";
export type { KeyPair } from "./certificates/files.ts";
export { issue, type LeafRequest } from "./certificates/issue.ts";
export { type Command, cloneExecutables, type Executables } from "./executables.ts";
export { Supervisor, type SupervisorOptions, type TierReport } from "./supervisor.ts";
export { assignments, type BoxAssignment, boxesOf, type TierName } from "./topology.ts";
