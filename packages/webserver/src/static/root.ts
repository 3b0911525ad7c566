// Checks the folder of a location, and the page that `spa` names, when the webserver starts, so that a
// wrong one prevents the start. Otherwise only the requests for its files would fail.
import { accessSync, constants, statSync } from "node:fs";
import { join } from "node:path";

/** The settings of a location that name something on disk. */
export interface OnDisk {
  readonly root: string;
  readonly spa?: string | undefined;
}

/** Returns why `webserver.locations[index]` cannot be served; undefined when it can. */
export function locationFault({ root, spa }: OnDisk, index: number): string | undefined {
  return rootFault(root, index) ?? (spa === undefined ? undefined : pageFault(root, spa, index));
}

function pageFault(root: string, spa: string, index: number): string | undefined {
  const path = join(root, spa);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return undefined;
  return `webserver.locations[${index}].spa: ${path} is no file; name the application's page, or build the application first`;
}

function rootFault(root: string, index: number): string | undefined {
  const setting = `webserver.locations[${index}].root`;
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true)
    return `${setting}: ${root} is no folder; relative paths start at the folder of the configuration file`;
  try {
    accessSync(root, constants.R_OK | constants.X_OK);
    return undefined;
  } catch {
    return `${setting}: the folder ${root} may not be read by this user; check its owner and mode, and those of the folders above`;
  }
}
