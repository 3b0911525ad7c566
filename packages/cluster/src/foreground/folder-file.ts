// The configuration of the webserver that `tandem serve` runs.
import type { Address } from "@tandem/config";
import { formatAddress } from "@tandem/transport";
import type { PairPaths } from "../certificates/files.ts";

/** The page of a folder, and the page of an application in the browser. */
export const INDEX = "index.html";

export interface FolderPlan {
  /** The folder that is served, as an absolute path. */
  readonly root: string;
  readonly listen: Address;
  readonly spa: boolean;
  readonly browse: boolean;
}

/**
 * Returns the text of the file; without certificates the webserver speaks plain HTTP. JSON is YAML too. `${` would be a
 * variable of the file, so it is escaped.
 */
export function folderFile(
  { root, listen, spa, browse }: FolderPlan,
  certificates: readonly PairPaths[],
): string {
  const location = { path: "/", root, browse, cacheControl: "no-cache" };
  const pairs = certificates.map(({ cert, key }) => ({ cert, key }));
  const config = {
    site: "localhost",
    webserver: {
      bind: formatAddress(listen),
      ...(pairs.length === 0 ? {} : { edgeTls: { certificates: pairs } }),
      locations: [{ ...location, ...(spa ? { spa: `/${INDEX}` } : {}) }],
      openFileCache: { valid: "0ms" },
    },
    telemetry: { log: { accessFormat: "json" } },
  };
  return JSON.stringify(config, null, 2).replaceAll("${", "$$${");
}
