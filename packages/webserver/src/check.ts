// Everything that a start of the webserver opens, short of listening.
import { complaintOf } from "@tandem/transport";
import { rootFault } from "./static/root.ts";
import { Webserver, type WebserverOptions } from "./webserver.ts";

/** What would stop a start: folders, certificates, settings that do not fit. `open` makes what it needs. */
export async function checkWebserver(
  { locations }: { readonly locations: readonly { readonly root: string }[] },
  open: () => Promise<WebserverOptions>,
): Promise<readonly string[]> {
  const faults = locations.flatMap(({ root }, index) => rootFault(root, index) ?? []);
  return [...faults, ...(await complaintOf(async () => new Webserver(await open()).stop()))];
}
