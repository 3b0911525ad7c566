// Figures that only single studies have. They are shown after the study's headline figure, or replace it.
import type { StudyRow } from "../scenarios/run-study.ts";
import type { Figure } from "./figure.ts";
import {
  depths,
  losses,
  type OverTime,
  overTime,
  perSecond,
  shares,
  tails,
  tradeOff,
} from "./run-views.ts";
import { comparison, type FigureSource, sweep } from "./study-views.ts";

interface Figures {
  /** Figures that replace the usual headline figure. */
  readonly headline?: readonly Figure[];
  readonly more?: readonly Figure[];
}

const GOODPUT: OverTime = {
  what: "goodput",
  question: "Does it recover when the cause is gone?",
  unit: "good answers/s",
  of: perSecond(({ ok }) => ok),
};

const DEPTH: OverTime = {
  what: "mean queue",
  question: "How long do the queues take to drain?",
  unit: "requests on a server",
  of: ({ meanDepth }) => meanDepth,
};

const only = (source: FigureSource, of: (row: StudyRow) => boolean): FigureSource => ({
  ...source,
  rows: source.rows.filter(of),
});

function herdFigures(source: FigureSource): Figures {
  const local = only(source, ({ variant }) => variant.scenario.balancers?.view === "local");
  const boards = only(source, ({ variant }) => variant.scenario.balancers?.view === "board");
  const figure = (part: FigureSource, name: string, axis: string, note: string) =>
    part.rows.length === 0 ? [] : [sweep(part, 0, { name, axis, note, logX: true, logY: true })];
  return {
    headline: [
      ...figure(
        local,
        "s10-own-counts",
        "balancers",
        "50 servers at load .9; every balancer counts only its own requests.",
      ),
      ...figure(
        boards,
        "s10-stale-board",
        "age of the board in services",
        "50 servers at load .9; ten balancers read true counts, but old ones.",
      ),
    ],
  };
}

/** Makes the special figures of a study, by the study's number. */
export const SPECIAL: Readonly<Record<string, (source: FigureSource) => Figures>> = {
  S1: (source) => ({
    more: [sweep(source, 1, { note: "One request of a hundred takes longer." })],
  }),
  S2: (source) => ({ more: [tails(source, "processor sharing, load 0.9")] }),
  S3: (source) => ({ more: [shares(source, "weights equal")] }),
  S4: (source) => ({
    more: [
      overTime(source, {
        what: "late answers",
        question: "Who notices that a server has become slow, and how soon?",
        unit: "/s",
        of: perSecond(({ timeout }) => timeout),
      }),
      depths(source, ["round-robin", "least loaded", "peak EWMA"]),
    ],
  }),
  S5: (source) => ({
    headline: [
      sweep(source, 0, { logY: true, limits: [{ y: 5_000, label: "deadline" }] }),
      sweep(source, 1, { logY: false }),
    ],
  }),
  S6: (source) => ({
    more: [tails(source), depths(source, ["round-robin", "least-conn", "prequal"])],
  }),
  S7: (source) => ({ more: [overTime(source, DEPTH), tails(source)] }),
  S9: (source) => ({
    more: [
      overTime(source, GOODPUT, "three retries, no budget"),
      comparison(source, 1, "How much work do the retries make?"),
    ],
  }),
  S10: herdFigures,
  S11: (source) => ({
    headline: [comparison(source, 0)],
    more: [
      overTime(source, {
        what: "p99",
        question: "What does a cold newcomer do to the tail?",
        unit: "ms",
        log: true,
        of: ({ p99Ms }) => p99Ms,
      }),
    ],
  }),
  S12: (source) => ({ more: [depths(source, [])] }),
  S13: (source) => ({
    more: [tradeOff(source, [1, 2], "How much imbalance is a cache hit worth?")],
  }),
  S15: (source) => ({
    more: [comparison(source, 1, "How much traffic between zones does it save?")],
  }),
  S17: (source) => ({ more: [tails(source), ...losses(source)] }),
  own: (source) => ({
    more: [
      tails(source),
      overTime(source, {
        what: "p99",
        question: "When do the unlucky requests take long?",
        unit: "ms",
        log: true,
        of: ({ p99Ms }) => p99Ms,
      }),
      ...losses(source),
      depths(source, []),
    ],
  }),
};
