// Says which files the logs of a site on this machine are in: for each tier of each box one with messages and one with
// requests, in the folder that `telemetry.log.directory` names.
import { join } from "node:path";
import type { BoxConfigs } from "../certificates/wanted.ts";
import { DRAIN_ORDER, runs, type TierName } from "../topology.ts";

export type LogTier = TierName | "supervisor";
/** `app`: messages of the program. `access`: a line for each request or connection. */
export type LogKind = "app" | "access";

/** Every tier that writes a log, in the order in which a request meets them. The supervisor is `tandem up` itself. */
export const LOG_TIERS: readonly LogTier[] = [...DRAIN_ORDER, "supervisor"];

export interface LogSource {
  readonly path: string;
  readonly tier: LogTier;
  readonly box: string;
  readonly kind: LogKind;
}

export interface WantedLogs {
  readonly tiers: readonly LogTier[];
  readonly kinds: readonly LogKind[];
}

/**
 * Returns the files of these boxes. A box whose tiers log to standard output has none, and neither has a tier that does not
 * run on the box.
 */
export function logSources(boxes: BoxConfigs, wanted: WantedLogs): readonly LogSource[] {
  return [...boxes].flatMap(([box, config]) => {
    const { directory } = config.telemetry.log;
    if (directory === undefined) return [];
    return wanted.tiers
      .filter((tier) => tier === "supervisor" || runs(config, box, tier))
      .flatMap((tier) =>
        kindsOf(tier, wanted.kinds).map((kind) => {
          const suffix = kind === "app" ? ".log" : ".access.log";
          return { path: join(directory, `${tier}-${box}${suffix}`), tier, box, kind };
        }),
      );
  });
}

/** The supervisor answers no requests, so its access log is always empty. */
function kindsOf(tier: LogTier, kinds: readonly LogKind[]): readonly LogKind[] {
  return tier === "supervisor" ? kinds.filter((kind) => kind === "app") : kinds;
}
