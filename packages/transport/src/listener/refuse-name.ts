// Refuses a client that asks for a server name which no certificate is for, or for no name at all. The client is told so
// by an alert, so that it does not take the refusal for a broken connection.
import { fatalAlert, TLS_ALERT } from "../tls/alert.ts";
import type { Arrival } from "./arrival.ts";

const MAX_SHOWN = 100;

/** @param name "" = the client asked for no name */
export function refuseName(arrival: Arrival, name: string): void {
  if (name === "")
    arrival.refuse(
      "server-name",
      "it asks for no server name, and unknown names are refused here (tls.unknownNames)",
      fatalAlert(TLS_ALERT.missingExtension),
    );
  else
    arrival.refuse(
      "server-name",
      `no certificate is for ${JSON.stringify(name.slice(0, MAX_SHOWN))}, and unknown names are refused here (tls.unknownNames)`,
      fatalAlert(TLS_ALERT.unrecognizedName),
    );
}
