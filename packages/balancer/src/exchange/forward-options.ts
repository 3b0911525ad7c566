// The options and methods that a tier provides for forwarding a request that it received.
import type { Client } from "@tandem/front";
import type { AccessRecord } from "@tandem/telemetry";
import type { EditResponse } from "./edit-response.ts";
import type { Remembered } from "./remembered.ts";

export interface ForwardOptions {
  /** The name of the listener, for the log. */
  readonly frontend: string;
  /** The name of this tier in Via and Proxy-Status. */
  readonly via: string;
  readonly client: Client;
  /**
   * What forwarding remembers about the client's connection. All requests on that connection share this object, and
   * must have the same `via`.
   */
  readonly remembered: Remembered;
  /** Edits the answer before its head is written. When absent, the text of an equal earlier head may be reused. */
  readonly edit?: EditResponse | undefined;
  /** Called once for each request, when the request ends, with the request's access record. */
  log(record: AccessRecord): void;
}
