// Shows a lane: the column of the page for one algorithm, from the choice of the algorithm to the picture of its state.
import { h, say } from "../dom.ts";
import { surface } from "../draw/canvas.ts";
import { drawHeat } from "../draw/heat.ts";
import { drawShares } from "../draw/shares.ts";
import type { Experiment } from "../run/experiment.ts";
import { choiceView } from "./choice.ts";
import { inspectorView } from "./inspector/inspector.ts";
import { reasonsView } from "./reasons.ts";
import type { ServerMenu } from "./server-menu.ts";
import { stageView } from "./stage.ts";
import type { LaneName, View, ViewContext } from "./view.ts";

export function laneView(
  stagehand: ViewContext,
  lane: LaneName,
  menu: ServerMenu,
): View & { readonly element: HTMLElement } {
  const { experiment } = stagehand;
  const index = lane === "a" ? 0 : 1;
  const heat = h("canvas", { class: "heat", role: "img" });
  const shares = h("canvas", { class: "shares", role: "img" });
  const hottest = h("span", { class: "hottest" });
  const inspector = inspectorView(stagehand, index);
  const reasons = reasonsView(experiment, index);
  const stage = stageView(stagehand, lane, menu);
  const choice = choiceView(stagehand, lane);
  const body = h(
    "div",
    { class: "lane-body" },
    stage.element,
    h("h3", {}, "Share of the requests", h("small", {}, "1 = fair")),
    shares,
    h("h3", {}, "Requests on each server over time", legend(hottest)),
    heat,
    h("h3", {}, "Why servers were picked"),
    reasons.element,
    h("h3", {}, "Inside the algorithm", inspector.caption),
    inspector.element,
  );
  const element = h("section", { class: `lane card lane-${lane}` }, choice.element, body);
  element.setAttribute("aria-label", `Algorithm ${lane.toUpperCase()}`);

  function draw(): void {
    const history = experiment.lanes[index];
    const { theme } = stagehand;
    if (history?.detail === undefined) return;
    const top = hottestOf(experiment);
    say(hottest, String(top));
    const heatPlace = surface(heat);
    const { nowMs, endMs } = experiment.player;
    if (heatPlace !== undefined)
      drawHeat(
        heatPlace,
        {
          rows: history.depth,
          intervalMs: history.detail.intervalMs,
          endMs,
          nowMs,
          hottest: top,
          faults: faultsOf(experiment),
        },
        theme,
      );
    const list = history.detail.figures.servers.map(({ share }) => share);
    const sharePlace = surface(shares);
    if (sharePlace !== undefined) drawShares(sharePlace, list, theme[lane], theme);
    const most = list.reduce((best, share, at) => (share > (list[best] ?? 0) ? at : best), 0);
    const times = ((list[most] ?? 0) * list.length).toFixed(2);
    shares.setAttribute("aria-label", `Server s${most} has the most, ${times} times a fair share.`);
    heat.setAttribute("aria-label", `Deepest interval: about ${top} requests on one server.`);
  }

  const views: readonly View[] = [choice, stage, reasons, inspector];
  return {
    element,
    state() {
      body.hidden = experiment.lanes[index] === undefined;
      for (const view of views) view.state?.();
    },
    moment: stage.moment ?? (() => undefined),
    detail() {
      for (const view of views) view.detail?.();
      draw();
    },
    redraw() {
      for (const view of views) view.redraw?.();
      draw();
    },
  };
}

function legend(hottest: HTMLElement): HTMLElement {
  return h("small", { class: "legend" }, "0", h("i", { class: "ramp" }), hottest);
}

/**
 * Returns the number of requests that the heat map's hottest colour stands for. Both algorithms' heat maps use this
 * number, so that their colours can be compared.
 */
function hottestOf({ lanes }: Experiment): number {
  let top = 3;
  for (const { depth } of lanes)
    for (const row of depth) for (const one of row) top = Math.max(top, one);
  return Math.ceil(top);
}

function faultsOf({ scenario, player }: Experiment): (readonly [number, number])[] {
  return (scenario.faults ?? []).map(({ atMs = 0, forMs }) => [
    atMs,
    forMs === undefined ? player.endMs : atMs + Math.max(forMs, player.endMs / 200),
  ]);
}
