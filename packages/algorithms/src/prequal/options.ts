// The configuration keys below `probes`, and the parameters of the picker that these keys set.

import type { FailureParameters } from "../common-options.ts";
import { countFrom, DURATION, filledSetting, numberFrom, part, text, tuning } from "../options.ts";

export interface PrequalParameters extends FailureParameters {
  /** How many probe answers are kept. */
  readonly poolSize: number;
  /** A probe answer older than this is dropped. */
  readonly maxAgeMs: number;
  /** Probes sent per request. With 2.5, for example, the requests send 2 and 3 probes in turn. */
  readonly probesPerPick: number;
  /**
   * Probe answers removed per request, in turn the oldest and the worst. None are removed when the
   * pool has room for all servers.
   */
  readonly removalsPerPick: number;
  /**
   * A server is hot when its requests in flight are above this quantile (0 to 1) of the latest
   * reported numbers.
   */
  readonly rifQuantile: number;
  /**
   * How fast the pool is meant to grow, in answers per request (the paper's δ). The larger this
   * number, the more times an answer may be used.
   */
  readonly netGrowth: number;
}

export const probes = part({
  title: "probes",
  about: "how `prequal` probes servers",
  meaning: "how servers are probed",
  keys: {
    poolSize: tuning("poolSize", countFrom(2, 128), {
      default: 16,
      meaning: "answers kept",
      field: { label: "Pool", range: [2, 64, 1] },
    }),
    maxAge: tuning("maxAgeMs", DURATION, {
      default: 1_000,
      meaning: "an answer older than this is dropped",
    }),
    perRequest: tuning("probesPerPick", numberFrom(0, 10), {
      default: 3,
      meaning: "probes sent per request, fractions allowed",
      field: { label: "Probes a request", range: [0, 8, 0.25] },
    }),
    removalsPerRequest: tuning("removalsPerPick", numberFrom(0, 10), {
      default: 1,
      meaning: "answers removed per request, the oldest and the worst in turn",
    }),
    hotQuantile: tuning("rifQuantile", numberFrom(0, 1), {
      default: 0.84,
      meaning: "a server is hot above this quantile of requests in flight",
      field: { label: "Hot above quantile", range: [0, 1, 0.01] },
    }),
    netGrowth: tuning("netGrowth", numberFrom(0, 10), {
      default: 1,
      meaning: "the paper's δ: it sets how often an answer may be used",
    }),
    path: filledSetting(text({ beginsWith: "/" }), {
      default: "/.well-known/tandem/load",
      meaning: "the path at which servers report their load; Tandem's own tiers use the default",
    }),
    timeout: filledSetting(DURATION, {
      default: 100,
      meaning: "a probe without an answer after this time is given up",
    }),
  },
});
