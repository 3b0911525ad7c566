// HTTP/1.1 and HTTP/2 over any byte stream: sessions with clients, and sessions with servers.
export { CODE_NAMES as H2_CODES } from "../h2/error-code.ts";
export { DEFAULT_H2_LIMITS, type H2Limits } from "../h2/limits.ts";
export type { ByteStream } from "./byte-stream.ts";
export { ClientSession } from "./client-session.ts";
export { CLIENT_FAULTS, H2_ENDS, type H2Counters, type H2End } from "./h2-end.ts";
export { H2ServerRequest } from "./h2-server-request.ts";
export { H2ServerSession, type ServerEvents } from "./h2-server-session.ts";
export { H2Session } from "./h2-session.ts";
export { Output } from "./output.ts";
export { type ResponseListener, ServerSession } from "./server-session.ts";
export type {
  OwnField,
  RefusedRequest,
  SessionDeadline,
  SessionHandler,
  SessionLimits,
  SessionTimers,
} from "./session-handler.ts";
export type { Turn } from "./turn.ts";
