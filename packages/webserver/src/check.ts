// Checks what a start of the webserver needs, but opens no port.
import { complaintOf } from "@tandem/transport";
import { locationFault, type OnDisk } from "./static/root.ts";
import { Webserver, type WebserverOptions } from "./webserver.ts";

/**
 * Returns a message about each problem that would prevent a start: in folders, in certificates, or
 * between settings. `open` makes the options of the webserver; an error of `open` is returned as a
 * message too.
 */
export async function checkWebserver(
  { locations }: { readonly locations: readonly OnDisk[] },
  open: () => Promise<WebserverOptions>,
): Promise<readonly string[]> {
  const faults = locations.flatMap((location, index) => locationFault(location, index) ?? []);
  return [...faults, ...(await complaintOf(async () => new Webserver(await open()).stop()))];
}
