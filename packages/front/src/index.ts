// The front of a tier, where clients come in. It accepts connections, finds out who a client is,
// limits what the client may send, opens a session of the client's protocol, and makes the record
// of each request.
export { accessRecord, NO_SERVER, refusedRecord } from "./access-record.ts";
export type { Client, ClientEndpoint } from "./client.ts";
export { clientAddressOf, clientPortOf } from "./client-address.ts";
export { certificateFields } from "./client-certificate.ts";
export { Front, type Terms } from "./front.ts";
export type { FrontCounters, Handler } from "./handler.ts";
export { hstsField } from "./hsts.ts";
export type { Protocol, ProtocolSession, Protocols } from "./protocol.ts";
export { PROTOCOLS } from "./protocols.ts";
export { abortTermination, type Phase } from "./termination.ts";
