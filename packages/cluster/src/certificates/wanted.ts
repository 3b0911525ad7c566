// Says which certificates the configuration of these boxes names, and which of them `tandem prepare` makes. This file opens
// and makes none, so that `tandem up` does not load what makes certificates.
import { join, sep } from "node:path";
import type { Config } from "@tandem/config";
import { runs } from "../topology.ts";
import type { PairPaths } from "./files.ts";
import type { LeafRequest } from "./issue.ts";
import { boxNames, siteNames } from "./names.ts";

/** The boxes to prepare by name, each with its configuration: the file, in which `${BOX}` is the name of the box. */
export type BoxConfigs = ReadonlyMap<string, Config>;

/** Returns the folder of the authority and of everything that the authority issues. */
export function tlsFolder(config: Config): string {
  return join(config.state, "tls");
}

/** Whether `prepare` makes the certificate or key at `path`. If it does not, the operator has to provide the file. */
export function isPrepared(config: Config, path: string): boolean {
  return path.startsWith(tlsFolder(config) + sep);
}

export interface WantedPair extends LeafRequest {
  readonly paths: PairPaths;
}

/**
 * Returns every key and certificate that the tiers of these boxes open. A certificate that boxes share occurs once,
 * with the names of all these boxes.
 */
export function wantedPairs(boxes: BoxConfigs): readonly WantedPair[] {
  const wanted = new Map<string, WantedPair>();
  const want = (pair: WantedPair): void => {
    const names = new Set([...(wanted.get(pair.paths.cert)?.names ?? []), ...pair.names]);
    wanted.set(pair.paths.cert, { ...pair, names: [...names] });
  };
  for (const [box, config] of boxes) {
    const { balancer, webserver, appserver, site } = config;
    if (runs(config, box, "balancer")) {
      for (const { tls } of Object.values(balancer?.frontends ?? {}))
        for (const { cert, key } of tls?.certificates ?? [])
          want({ name: site, names: siteNames(site), use: "site", paths: { cert, key } });
    }
    if (runs(config, box, "webserver")) {
      for (const { cert, key } of webserver?.edgeTls?.certificates ?? [])
        want({ name: site, names: siteNames(site), use: "site", paths: { cert, key } });
    }
    const backends = Object.values(balancer?.backends ?? {});
    for (const owner of [...backends, webserver, webserver?.upstream, appserver]) {
      const { cert, key } = owner?.tls ?? {};
      if (cert === undefined || key === undefined) continue;
      want({ name: box, names: boxNames(config, box), use: "box", paths: { cert, key } });
    }
  }
  return [...wanted.values()];
}
