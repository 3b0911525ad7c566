// The forwarding engine, for use by other tiers: it picks a server, takes a connection from a pool, and forwards.
export type { EditResponse } from "./exchange/edit-response.ts";
export type { ForwardOptions } from "./exchange/forward-options.ts";
export { Remembered } from "./exchange/remembered.ts";
export { requestIdOf } from "./exchange/request-id.ts";
export type { Server, ServerState } from "./server/server.ts";
export {
  loadUpstreamAlgorithms,
  openUpstream,
  type Upstream,
  type UpstreamEnvironment,
} from "./upstream.ts";
