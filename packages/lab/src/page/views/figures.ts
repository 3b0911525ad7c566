// Shows the results as clients see them: the same rows for each algorithm, and the difference in words. Each cell also
// holds the exact number, so that two runs can be compared to the last bit.

import { overloadedText } from "../../scenarios/caveats.ts";
import { h, part, say } from "../dom.ts";
import type { Figures } from "../run/protocol.ts";
import { digits, ms, percent, whole } from "../words.ts";
import { ALIKE, LATENCIES, MISSED, wins } from "./better.ts";
import type { View, ViewContext } from "./view.ts";

interface FigureRow {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly of: (figures: Figures) => number;
  readonly words: (value: number) => string;
  readonly better?: "lower" | "higher";
}

const ROWS: readonly FigureRow[] = [
  {
    name: "mean",
    label: "Mean",
    hint: "of good answers, from the moment the request came",
    of: (f) => f.latency.mean,
    words: ms,
    better: "lower",
  },
  {
    name: "p50",
    label: "p50",
    hint: "half of the answers were faster",
    of: (f) => f.latency.p50,
    words: ms,
    better: "lower",
  },
  {
    name: "p90",
    label: "p90",
    hint: "nine of ten were faster",
    of: (f) => f.latency.p90,
    words: ms,
    better: "lower",
  },
  {
    name: "p99",
    label: "p99",
    hint: "99 of a hundred were faster",
    of: (f) => f.latency.p99,
    words: ms,
    better: "lower",
  },
  {
    name: "p999",
    label: "p99.9",
    hint: "999 of a thousand were faster",
    of: (f) => f.latency.p999,
    words: ms,
    better: "lower",
  },
  {
    name: "success",
    label: "Answered well",
    hint: "of all requests that ended or are never answered",
    of: (f) => f.successShare,
    words: percent,
    better: "higher",
  },
  {
    name: "unanswered",
    label: "Never answered",
    hint: "lost on a server that hangs, or in a queue that grows without end",
    of: (f) => f.counts.unanswered,
    words: whole,
    better: "lower",
  },
  {
    name: "timeout",
    label: "Timeouts",
    hint: "clients that gave up",
    of: (f) => f.counts.timeout,
    words: whole,
    better: "lower",
  },
  {
    name: "failed",
    label: "Failed",
    hint: "errors and refusals",
    of: (f) => f.counts.failed + f.counts.rejected,
    words: whole,
    better: "lower",
  },
  {
    name: "imbalance",
    label: "Fullest / mean",
    hint: "requests on the fullest server against the mean, averaged over time",
    of: (f) => f.imbalance.maxOverMean,
    words: digits,
    better: "lower",
  },
  {
    name: "retries",
    label: "Retries",
    hint: "attempts beyond the first",
    of: (f) => f.retries,
    words: whole,
  },
  {
    name: "probes",
    label: "Probes",
    hint: "questions about load",
    of: (f) => f.probes,
    words: whole,
  },
  {
    name: "measured",
    label: "Measured",
    hint: "requests since the warm-up",
    of: (f) => f.counts.offered,
    words: whole,
  },
];

export function figuresView({ experiment }: ViewContext): View {
  const body = part("figures");
  const cells = ROWS.map((row) => {
    const a = h("td", { "data-figure": `a-${row.name}` });
    const b = h("td", { "data-figure": `b-${row.name}` });
    const line = h("tr", {}, h("th", { scope: "row", title: row.hint }, row.label), a, b);
    body.append(line);
    return { row, a, b, line };
  });
  return {
    state() {
      part("figures-card").classList.toggle("single", experiment.lanes.length < 2);
    },
    detail() {
      const [first, second] = experiment.lanes.map(({ detail }) => detail?.figures);
      for (const { row, a, b, line } of cells) {
        const [va, vb] = [show(a, row, first), show(b, row, second)];
        mark(a, wins(row, [va, first], [vb, second]));
        mark(b, wins(row, [vb, second], [va, first]));
        // These rows are hidden while their value is zero for both algorithms.
        const quiet = ["unanswered", "timeout", "failed", "retries", "probes"].includes(row.name);
        line.hidden = quiet && !(va > 0) && !(vb > 0);
      }
      say(part("verdict"), [verdictOf(first, second), ...overloads([first, second])].join(" "));
    },
  };
}

function show(cell: HTMLElement, row: FigureRow, figures: Figures | undefined): number {
  const value = figures === undefined ? Number.NaN : row.of(figures);
  const unstable = LATENCIES.includes(row.name) ? figures?.unstable : undefined;
  say(cell, unstable === undefined ? row.words(value) : unstableWords(row, unstable));
  cell.dataset.exact = String(value);
  return value;
}

/** The mean says why there is none; the percentiles only that there is none. */
const unstableWords = ({ name }: FigureRow, load: number): string =>
  name === "mean" ? `unstable, ρ\u00a0=\u00a0${digits(load)}` : "unstable";

function mark(cell: HTMLElement, won: boolean): void {
  cell.classList.toggle("wins", won);
}

/** Says which servers get more than they can do. */
function overloads(lanes: readonly (Figures | undefined)[]): string[] {
  return lanes.flatMap((figures, lane) => {
    const servers = overloadedText(figures?.overloaded ?? []);
    return servers === ""
      ? []
      : [`${"AB"[lane]} overloads ${servers}: queues there grow as long as the run lasts.`];
  });
}

function verdictOf(a: Figures | undefined, b: Figures | undefined): string {
  if (a === undefined || b === undefined || !(a.latency.count > 0 && b.latency.count > 0))
    return "";
  if (a.unstable !== undefined)
    return `More work arrives than the servers can do (ρ = ${digits(a.unstable)}): the queues grow without end, so latencies tell how long the run was.`;
  const missed = Math.abs(a.successShare - b.successShare);
  if (missed > MISSED) {
    const better = a.successShare > b.successShare ? "A" : "B";
    return `${better} answers ${(missed * 100).toFixed(1)} points more of the requests well.`;
  }
  const ratio = a.latency.p99 / b.latency.p99;
  if (Math.abs(ratio - 1) < ALIKE) return "The 99th percentiles are alike.";
  const [better, times] = ratio > 1 ? ["B", ratio] : ["A", 1 / ratio];
  return `${better}'s 99th percentile is ${digits(times)} times lower. One run of one seed: “Another seed” shows how much of it is chance.`;
}
