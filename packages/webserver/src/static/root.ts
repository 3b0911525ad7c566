// Checks the folder of a location when the webserver starts, so that a wrong folder prevents the
// start. Otherwise only the requests for its files would fail.
import { accessSync, constants, statSync } from "node:fs";

/** Returns why `webserver.locations[index].root` cannot be served; undefined when it can. */
export function rootFault(root: string, index: number): string | undefined {
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
