// What the map of two boxes says of a site with two servers, beside the site's own ranking: the map knows nine kinds of
// work, the ranking only the site's.
import type { SiteServer } from "../../advise/site.ts";
import { plain } from "../../figures/numbers.ts";
import { adviceForTwo } from "../../map/advice.ts";
import { SITUATIONS } from "../../map/situations.ts";

/** Returns a line, or none unless there are two servers. */
export function mapLines(servers: readonly SiteServer[]): readonly string[] {
  const speeds = servers.map(({ speed }) => speed);
  if (speeds.length !== 2) return [];
  const ratio = Math.max(...speeds) / Math.min(...speeds);
  const { algorithm, weighted } = adviceForTwo({ ratio, speedsKnown: true }).policy;
  const weights = weighted ? " with weights by speed" : "";
  return [
    `  the map of two boxes, over ${SITUATIONS.length} kinds of work, at ${plain(ratio)} : 1: ${algorithm}${weights}`,
  ];
}
