// HTTP/1.1 as a conversation: requests of a client, and ours to a server, over any byte stream.
export type { ByteStream } from "./byte-stream.ts";
export { ClientSession } from "./client-session.ts";
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
