// Draws two charts, each with a curve for every algorithm: latency over time, and the tail of the latency distribution
// on logarithmic axes.
import uPlot from "uplot";
import { part } from "../dom.ts";
import type { Experiment, LaneHistory } from "../run/experiment.ts";
import { ms } from "../words.ts";
import type { View, ViewContext } from "./view.ts";

const HEIGHT = 210;
const FONT = "11px system-ui, sans-serif";

export function chartsView(stagehand: ViewContext): View {
  const { experiment } = stagehand;
  const strip = chart(part("strip"), stripOptions(stagehand));
  const tail = chart(part("tail"), tailOptions(stagehand));
  const draw = () => {
    strip.setData(stripData(experiment));
    tail.setData(tailData(experiment));
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
    [[], [], [], [], []].slice(0, options.series.length) as unknown as uPlot.AlignedData,
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

function stripOptions(stagehand: ViewContext): Omit<uPlot.Options, "width" | "height"> {
  const { experiment } = stagehand;
  const thin = { width: 1, dash: [4, 3] };
  return {
    scales: {
      x: { time: false, range: () => [0, experiment.player.endMs / 1000] },
      y: { distr: 3 },
    },
    axes: [axis(stagehand, (seconds) => `${seconds} s`, 26), axis(stagehand, decades(seconds), 52)],
    series: [
      { label: "at", value: (_, value) => (value === null ? "–" : `${value.toFixed(1)} s`) },
      series(stagehand, "a", "A p99"),
      series(stagehand, "a", "A p50", thin),
      series(stagehand, "b", "B p99"),
      series(stagehand, "b", "B p50", thin),
    ],
    cursor: { y: false },
    legend: { live: false },
  };
}

function stripData({ lanes }: Experiment): uPlot.AlignedData {
  const [a, b] = lanes;
  const longest = (b?.rows.length ?? 0) > (a?.rows.length ?? 0) ? b : a;
  const column = (lane: LaneHistory | undefined, of: "p99Ms" | "p50Ms") =>
    (longest?.rows ?? []).map((_, at) => positive(lane?.rows[at]?.[of]));
  return [
    (longest?.rows ?? []).map(({ atMs }) => atMs / 1000),
    column(a, "p99Ms"),
    column(a, "p50Ms"),
    column(b, "p99Ms"),
    column(b, "p50Ms"),
  ];
}

/** Returns null for 0 and for undefined, because a logarithmic axis cannot show 0. */
function positive(value: number | undefined): number | null {
  return value !== undefined && value > 0 ? value : null;
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

function tailData({ lanes }: Experiment): uPlot.AlignedData {
  const tables = [0, 1].map((lane): uPlot.AlignedData => {
    const slower = lanes[lane]?.detail?.slower ?? [];
    return [slower.map(([value]) => value), slower.map(([, part]) => part)];
  });
  return uPlot.join(tables);
}
