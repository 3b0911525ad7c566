// Figures of one run: tails, time, servers, and one metric against another. Figures over time and figures of tails show
// the run of the first seed alone, because an average over seeds would hide what happens in a run.

import type { StudyRow } from "../scenarios/run-study.ts";
import type { Result } from "../sim/result.ts";
import type { SeriesRow } from "../sim/series.ts";
import { bandsOf } from "./bands.ts";
import { ccdf } from "./ccdf.ts";
import type { Figure } from "./figure.ts";
import { heatMap } from "./heat-map.ts";
import { scatter } from "./scatter.ts";
import { strips } from "./strips.ts";
import { type FigureSource, figureName, seedsNote } from "./study-views.ts";

/** Returns the name of the variant, written as the beginning of a sentence. */
function variantName(rows: readonly StudyRow[]): string {
  const label = rows[0]?.variant.label ?? "";
  return label.charAt(0).toUpperCase() + label.slice(1);
}

const firstSeed = ({ seeds }: FigureSource) => `One run, seed ${seeds[0]}.`;

/** Returns the rows of the variant whose label contains `words`, else of the first variant. */
function ofVariant({ rows }: FigureSource, words = ""): readonly StudyRow[] {
  const variant = (rows.find(({ variant }) => variant.label.includes(words)) ?? rows[0])?.variant;
  return rows.filter((row) => row.variant === variant);
}

export function tails(source: FigureSource, words?: string): Figure {
  const rows = ofVariant(source, words);
  return ccdf(
    figureName(source, "tail"),
    "How long does the unlucky request take?",
    `${variantName(rows)}. ${firstSeed(source)}`,
    rows.map(({ candidate, result }) => ({
      label: candidate.label,
      histogram: result.experiencedHistogram,
      never: result.counts.unanswered,
    })),
  );
}

export interface OverTime {
  readonly what: string;
  readonly question: string;
  readonly unit: string;
  readonly log?: boolean;
  readonly of: (row: SeriesRow, result: Result) => number;
}

export function overTime(
  source: FigureSource,
  { what, question, unit, log = false, of }: OverTime,
  words?: string,
): Figure {
  const rows = ofVariant(source, words);
  const scenario = rows[0]?.variant.scenario;
  return strips({
    name: figureName(source, `${what} over time`),
    question,
    note: `${variantName(rows)}. ${firstSeed(source)}`,
    y: { label: what, unit, log },
    bands: scenario === undefined ? [] : bandsOf(scenario),
    strips: rows.map(({ candidate, result }) => ({
      label: candidate.label,
      points: result.series.rows
        .slice(0, -1)
        .map((row) => [row.atMs / 1000, of(row, result)] as const),
    })),
  });
}

/**
 * Draws which share of the requests were lost in each interval: failed, given up at their deadline, refused, or never
 * answered. Returns no figure when no request was lost.
 */
export function losses(source: FigureSource, words?: string): readonly Figure[] {
  const lostIn = ({ failed, timeout, rejected, unanswered }: SeriesRow) =>
    failed + timeout + rejected + unanswered;
  if (!ofVariant(source, words).some(({ result }) => result.series.rows.some(lostIn))) return [];
  const figure = overTime(
    source,
    {
      what: "lost requests",
      question: "When are requests lost?",
      unit: "%",
      of: (row) => (100 * lostIn(row)) / (lostIn(row) + row.ok),
    },
    words,
  );
  return [figure];
}

export const perSecond = (count: (row: SeriesRow) => number) => (row: SeriesRow, result: Result) =>
  (count(row) * 1000) / result.series.intervalMs;

/**
 * Draws the requests on every server, for the algorithms in `labels`. When no algorithm of the run
 * is in `labels`, the first three algorithms are drawn.
 */
export function depths(source: FigureSource, labels: readonly string[], words?: string): Figure {
  const all = ofVariant(source, words).filter(({ result }) => result.series.depth.length > 0);
  const named = all.filter(({ candidate }) => labels.includes(candidate.label));
  const rows = named.length > 0 ? named : all.slice(0, 3);
  const scenario = rows[0]?.variant.scenario;
  return heatMap({
    name: figureName(source, "requests on servers"),
    question: "Where do the requests pile up?",
    note: `${variantName(rows)}. ${firstSeed(source)} Each row is a server.`,
    intervalMs: rows[0]?.result.series.intervalMs ?? 1,
    bands: scenario === undefined ? [] : bandsOf(scenario),
    panels: rows.map(({ candidate, result }) => ({
      label: candidate.label,
      cells: result.series.depth.slice(0, -1),
    })),
  });
}

/** Draws two metrics of one variant against each other. */
export function tradeOff(
  source: FigureSource,
  [xIndex, yIndex]: readonly [number, number],
  question: string,
  words?: string,
): Figure {
  const rows = ofVariant(source, words);
  const { metrics } = source.study;
  const [x, y] = [metrics[xIndex] ?? metrics[0], metrics[yIndex] ?? metrics[0]];
  const mean = (row: StudyRow, index: number) => row.metrics[index]?.estimate.mean ?? Number.NaN;
  return scatter({
    name: figureName(source, `${x.name} and ${y.name}`),
    question,
    note: `${variantName(rows)}. ${seedsNote(source.seeds)}`,
    x: { label: `${x.name} (${x.better} is better)`, unit: x.unit },
    y: { label: `${y.name} (${y.better} is better)`, unit: y.unit },
    named: true,
    spots: rows.map((row) => ({
      label: row.candidate.label,
      x: mean(row, xIndex),
      y: mean(row, yIndex),
    })),
  });
}

/** Draws each server's share of the requests against its share of the capacity. */
export function shares(source: FigureSource, words: string): Figure {
  const rows = ofVariant(source, words);
  const groups = rows[0]?.variant.scenario.servers ?? [];
  const speeds = groups.flatMap(({ count, speed = 1 }) =>
    Array.from({ length: count }, () => speed),
  );
  const total = speeds.reduce((sum, speed) => sum + speed, 0);
  return scatter({
    name: figureName(source, "share and capacity"),
    question: "Does a server get what it can do?",
    note: `${variantName(rows)}. ${firstSeed(source)} On the dotted line the shares are right.`,
    x: { label: "share of the capacity", unit: "%" },
    y: { label: "share of the requests", unit: "%" },
    named: false,
    diagonal: true,
    spots: rows.flatMap(({ candidate, result }, shift) =>
      result.servers.map(({ name, share }, server) => ({
        label: candidate.label,
        detail: name,
        // The algorithms' points are shifted sideways, so that the points do not cover one another.
        x: (100 * (speeds[server] ?? 1)) / total + (shift - rows.length / 2) * 0.06,
        y: 100 * share,
      })),
    ),
  });
}
