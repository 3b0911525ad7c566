// Where clients come in: who a client is, what it may send, and the record of each of its requests.
export { accessRecord, NO_SERVER, refusedRecord } from "./access-record.ts";
export type { Client, ClientEndpoint } from "./client.ts";
export { clientAddressOf, clientPortOf } from "./client-address.ts";
export { type ClientLimits, clientLimits } from "./limits.ts";
export { abortTermination, type Phase } from "./termination.ts";
