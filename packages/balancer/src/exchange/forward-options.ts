// What the tier that received a request says about it when it is to be forwarded.
import type { Client } from "@tandem/front";
import type { AccessRecord } from "@tandem/telemetry";
import type { EditResponse } from "./edit-response.ts";
import type { Remembered } from "./remembered.ts";

export interface ForwardOptions {
  /** The name of the listener, for the log. */
  readonly frontend: string;
  /** How we call ourselves in Via and Proxy-Status. */
  readonly via: string;
  readonly client: Client;
  /** Of the client's connection: the same for all requests on it, and always with the same `via`. */
  readonly remembered: Remembered;
  /** What the answer goes through before its head is written. Absent: it may be passed on as text. */
  readonly edit?: EditResponse | undefined;
  /** Gets the one record of this request, at its end. */
  log(record: AccessRecord): void;
}
