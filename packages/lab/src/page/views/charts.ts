// Draws two charts, each with a curve for every algorithm: latency over time with the requests that were lost, and the
// tail of the latency distribution on logarithmic axes. Both contain timeouts, at their deadline.
import uPlot from "uplot";
import { part, say } from "../dom.ts";
import { lostShare, stripColumns, tailTables } from "../run/chart-data.ts";
import type { Experiment } from "../run/experiment.ts";
import { ms, percent } from "../words.ts";
import type { View, ViewContext } from "./view.ts";

const HEIGHT = 210;
const FONT = "11px system-ui, sans-serif";

export function chartsView(stagehand: ViewContext): View {
  const { experiment } = stagehand;
  const strip = chart(part("strip"), stripOptions(stagehand));
  const tail = chart(part("tail"), tailOptions(stagehand));
  const draw = () => {
    strip.setData(stripColumns(experiment.lanes) as uPlot.AlignedData);
    tail.setData(uPlot.join(tailTables(experiment.lanes)));
    say(part("lost"), lostWords(experiment));
  };
  const resize = () => {
    for (const one of [strip, tail]) {
      const width = one.root.parentElement?.clientWidth ?? 0;
      if (width > 0 && width !== one.width) one.setSize({ width, height: HEIGHT });
    }
  };
  return {
    detail: draw,
    redraw() {
      resize();
      strip.redraw();
      tail.redraw();
    },
  };
}

function chart(place: HTMLElement, options: Omit<uPlot.Options, "width" | "height">): uPlot {
  return new uPlot(
    { ...options, width: Math.max(200, place.clientWidth), height: HEIGHT },
    options.series.map(() => []) as unknown as uPlot.AlignedData,
    place,
  );
}

function axis(stagehand: ViewContext, values: (value: number) => string, size: number): uPlot.Axis {
  const { line } = stagehand.theme;
  return {
    font: FONT,
    size,
    stroke: () => stagehand.theme.muted,
    grid: { stroke: () => stagehand.theme.line ?? line, width: 1 },
    ticks: { show: false },
    values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : values(tick))),
  };
}

/** Writes a time for an axis. No rounding is needed, because `decades` passes only powers of ten. */
const seconds = (value: number) => (value >= 1000 ? `${value / 1000} s` : `${value} ms`);
/** Labels only the powers of ten of a logarithmic axis. */
const decades = (words: (value: number) => string) => (value: number) =>
  Math.abs(Math.log10(value) % 1) < 1e-6 ? words(value) : "";

function series(
  stagehand: ViewContext,
  lane: "a" | "b",
  label: string,
  extra: Partial<uPlot.Series> = {},
): uPlot.Series {
  return {
    label,
    stroke: () => stagehand.theme[lane],
    width: 2,
    points: { show: false },
    spanGaps: true,
    value: (_, value) => (value === null ? "–" : ms(value)),
    ...extra,
  };
}

/** Says how many requests were lost; empty when none were. */
function lostWords({ lanes }: Experiment): string {
  const shares = lanes.map(lostShare);
  if (!shares.some((share) => share > 0)) return "";
  const [a = 0, b] = shares;
  return `lost: A ${percent(a)}${b === undefined ? "" : `, B ${percent(b)}`}`;
}

/** The share of lost requests, in per cent: an area on an axis of its own, at the right. */
function lossSeries(stagehand: ViewContext, lane: "a" | "b"): uPlot.Series {
  return series(stagehand, lane, `${lane.toUpperCase()} lost`, {
    scale: "lost",
    width: 1,
    fill: () => `${stagehand.theme[lane]}48`,
    value: (_, value) => (value === null ? "–" : percent(value / 100)),
  });
}

function lossAxis(stagehand: ViewContext): uPlot.Axis {
  const { experiment } = stagehand;
  const any = () => experiment.lanes.some((lane) => lostShare(lane) > 0);
  const words = (value: number) => (any() ? `${value} %` : "");
  return {
    ...axis(stagehand, words, 0),
    scale: "lost",
    side: 1,
    grid: { show: false },
    size: () => (any() ? 46 : 16),
  };
}

function stripOptions(stagehand: ViewContext): Omit<uPlot.Options, "width" | "height"> {
  const { experiment } = stagehand;
  const thin = { width: 1, dash: [4, 3] };
  return {
    scales: {
      x: { time: false, range: () => [0, experiment.player.endMs / 1000] },
      y: { distr: 3 },
      // The areas of losses take the lower half of the chart at most.
      lost: { range: (_, __, most) => [0, Math.max(10, 2 * (most ?? 0))] },
    },
    axes: [
      axis(stagehand, (seconds) => `${seconds} s`, 26),
      axis(stagehand, decades(seconds), 52),
      lossAxis(stagehand),
    ],
    series: [
      { label: "at", value: (_, value) => (value === null ? "–" : `${value.toFixed(1)} s`) },
      series(stagehand, "a", "A p99"),
      series(stagehand, "a", "A p50", thin),
      series(stagehand, "b", "B p99"),
      series(stagehand, "b", "B p50", thin),
      lossSeries(stagehand, "a"),
      lossSeries(stagehand, "b"),
    ],
    cursor: { y: false },
    legend: { live: false },
  };
}

function tailOptions(stagehand: ViewContext): Omit<uPlot.Options, "width" | "height"> {
  const share = {
    value: (_: uPlot, value: number | null) => (value === null ? "–" : oneIn(value)),
  };
  return {
    scales: { x: { time: false, distr: 3 }, y: { distr: 3 } },
    axes: [axis(stagehand, decades(seconds), 26), axis(stagehand, decades(oneIn), 76)],
    series: [
      { label: "slower than", value: (_, value) => (value === null ? "–" : ms(value)) },
      series(stagehand, "a", "A", share),
      series(stagehand, "b", "B", share),
    ],
    cursor: { y: false },
    legend: { live: false },
  };
}

function oneIn(share: number): string {
  return share >= 0.995 ? "all" : `1 in ${Math.round(1 / share).toLocaleString("en")}`;
}
