// Opens everything that a start of the webserver opens, but does not listen.
import { complaintOf } from "@tandem/transport";
import { rootFault } from "./static/root.ts";
import { Webserver, type WebserverOptions } from "./webserver.ts";

/**
 * Returns messages about everything that would stop a start: folders, certificates, settings that do not fit together.
 * `open` makes the parts of the webserver that the check needs.
 */
export async function checkWebserver(
  { locations }: { readonly locations: readonly { readonly root: string }[] },
  open: () => Promise<WebserverOptions>,
): Promise<readonly string[]> {
  const faults = locations.flatMap(({ root }, index) => rootFault(root, index) ?? []);
  return [...faults, ...(await complaintOf(async () => new Webserver(await open()).stop()))];
}
