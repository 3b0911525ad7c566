// Shows the state of the algorithm at this moment. Each kind of structure is drawn in its own way.
import type { Inspection } from "@tandem/balancer/pickers";
import { h, say } from "../../dom.ts";
import { ownFile } from "../../run-state/own.ts";
import { count } from "../../words.ts";
import type { View, ViewContext } from "../view.ts";
import { drawLoads, drawQueue, drawSequence, drawWeights } from "./lists.ts";
import type { Look } from "./look.ts";
import { drawKeys, drawRing, drawTable } from "./placement.ts";
import { drawPool } from "./pool.ts";

type Kind = Inspection["kind"];
type Draw<K extends Kind> = (inspection: Extract<Inspection, { kind: K }>, look: Look) => string;

/** Each of these functions draws a structure and returns a sentence that describes the picture. */
const DRAWERS: { readonly [K in Kind]: Draw<K> } = {
  sequence: drawSequence,
  loads: drawLoads,
  weights: drawWeights,
  queue: drawQueue,
  pool: drawPool,
  table: drawTable,
  ring: drawRing,
  keys: drawKeys,
};

const TALL: readonly Kind[] = ["ring", "pool"];

export function inspectorView(
  stagehand: ViewContext,
  index: number,
): View & { readonly element: HTMLElement; readonly caption: HTMLElement } {
  const { experiment } = stagehand;
  const canvas = h("canvas", { class: "inspector", role: "img" });
  const words = h("p", { class: "inside" });
  const caption = h("small");
  const element = h("div", { class: "inspector-box" }, canvas, words);
  function draw(): void {
    const history = experiment.lanes[index];
    const inspection = history?.detail?.inspection;
    canvas.hidden = inspection === undefined;
    const balancers = experiment.scenario.balancers?.count ?? 1;
    say(caption, balancers > 1 ? `of the first of ${count(balancers, "balancer")}` : "");
    if (history === undefined || inspection === undefined) {
      const { a, b } = experiment.state;
      say(words, nothingShown((index === 0 ? a : b)?.algorithm ?? ""));
      return;
    }
    canvas.classList.toggle("tall", TALL.includes(inspection.kind));
    const look: Look = {
      canvas,
      theme: stagehand.theme,
      accent: stagehand.theme[index === 0 ? "a" : "b"],
      last: history.lastPick && `s${history.lastPick.server}`,
    };
    const drawer = DRAWERS[inspection.kind] as (inspection: Inspection, look: Look) => string;
    const text = drawer(inspection, look);
    say(words, text);
    canvas.setAttribute("aria-label", text);
  }
  return { element, caption, detail: draw, redraw: draw };
}

/** Of a file of the user's own it is not known whether it keeps a state. */
const nothingShown = (algorithm: string): string =>
  ownFile(algorithm) === undefined
    ? "The algorithm keeps no state: each pick compares the servers again."
    : "Your file shows no state: its picker has no method 'inspect'.";
