// The forwarding engine (pick → pool → forward) for other tiers.
export type { Server, ServerState } from "./backend/server.ts";
export { clientAddressOf, clientPortOf } from "./exchange/client-address.ts";
export type { ForwardOptions } from "./exchange/forward-options.ts";
export type { ClientInfo } from "./exchange/request-head.ts";
export { requestIdOf } from "./exchange/request-id.ts";
export { type ClientLimits, clientLimits } from "./frontend/session-limits.ts";
export {
  loadUpstreamAlgorithms,
  openUpstream,
  type Upstream,
  type UpstreamEnvironment,
} from "./upstream.ts";
