// Shows the highest loads in the terminal, and as JSON.
import { palette } from "@tandem/telemetry/colors";
import { plain, withUnit } from "../../figures/numbers.ts";
import type { Metric, Study } from "../../scenarios/study.ts";
import type { Found } from "../../sweep/bisection.ts";
import { comparisonText } from "../comparison-text.ts";
import type { Provenance } from "../provenance.ts";
import { table } from "../terminal.ts";
import { highestLoadTold, type LimitRow, type Search } from "./limits.ts";

export interface LimitRun {
  readonly study: Study;
  readonly search: Search;
  readonly rows: readonly LimitRow[];
  readonly notes: readonly string[];
}

const LOAD: Metric = { name: "load", unit: "", better: "higher", of: () => Number.NaN };

export function limitText({ study, search, rows, notes }: LimitRun): string {
  const { bold, dim } = palette();
  const { seeds, limit, bounds } = search;
  const compared = rows.some(({ comparison }) => comparison !== undefined);
  const [head = "", ...body] = table([
    [
      "",
      "highest load",
      "95 % interval",
      "requests per second",
      "95 % interval",
      ...(compared ? [`against ${rows[0]?.candidate.label}`] : []),
    ],
    ...rows.map(({ candidate, found, load, rate, comparison }) => [
      `  ${candidate.label}`,
      load === undefined ? censoredText(found, search) : plain(load.mean),
      intervalText(load),
      rate === undefined ? "" : plain(rate.mean),
      intervalText(rate),
      ...(comparison === undefined ? [] : [comparisonText(comparison, LOAD)]),
    ]),
  ]);
  const what = `${limit.metric.name} is at most ${withUnit(limit.most, limit.metric.unit)}`;
  return [
    bold(`${study.id}  ${study.title}`),
    `the highest load at which ${what}`,
    "",
    dim(head),
    ...body,
    "",
    ...[
      `load: work per capacity, searched from ${bounds.lowest} to ${bounds.highest}, to within ${100 * bounds.tolerance} %`,
      `seeds 1 to ${seeds.length}, each with a search of its own over the same random numbers`,
      ...toldNotes(search),
      ...notes,
    ].map(dim),
  ].join("\n");
}

const intervalText = (found: LimitRow["load"]) =>
  found && Number.isFinite(found.low) ? `${plain(found.low)} to ${plain(found.high)}` : "";

/** Says why the search ends below load 1. */
const toldNotes = ({ scenario, bounds }: Search): readonly string[] =>
  bounds.highest <= highestLoadTold(scenario)
    ? []
    : [
        `above ${highestLoadTold(scenario)} no run of ordinary length shows how long the queues get; a longer durationMs tells nearer to 1`,
      ];

/** Says with how many seeds the limit is never or always kept. */
function censoredText(found: readonly Found[], { bounds, scenario }: Search): string {
  const kept = (how: string) => found.filter((one) => "kept" in one && one.kept === how).length;
  const say = (count: number, words: string) =>
    count === 0
      ? []
      : [count === found.length ? words : `${words} with ${count} of ${found.length} seeds`];
  return [
    ...say(kept("never"), `not kept, even at ${bounds.lowest}`),
    ...say(kept("always"), `kept up to ${Math.min(bounds.highest, highestLoadTold(scenario))}`),
  ].join("; ");
}

export function limitAsJson({ study, search, rows, notes }: LimitRun, origin: Provenance): unknown {
  const { seeds, limit, bounds } = search;
  return {
    study: study.id,
    ...{ name: study.name, title: study.title },
    ...origin,
    limit: { metric: limit.metric.name, unit: limit.metric.unit, most: limit.most },
    ...{ bounds, seeds, notes },
    results: rows.map(({ candidate, found, load = null, rate = null, comparison = null }) => ({
      candidate: candidate.label,
      algorithm: candidate.algorithm,
      parameters: candidate.parameters ?? {},
      ...{ load, rate, comparison },
      loads: found.map((one) => ("load" in one ? one.load : one.kept)),
    })),
  };
}
