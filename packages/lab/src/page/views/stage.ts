// Shows the moving picture of one algorithm: requests fly to servers on a canvas. The visitor can select a server on
// the canvas, with mouse or keyboard, to open its menu. Below the canvas a sentence describes the last pick.
import { h, on, say } from "../dom.ts";
import { surface } from "../draw/canvas.ts";
import { drawStage } from "../draw/stage.ts";
import { layoutStage, serverAt, serverX } from "../draw/stage-layout.ts";
import { reasonWords } from "../reason-words.ts";
import type { LaneHistory } from "../run/experiment.ts";
import { ownFile } from "../run-state/own.ts";
import type { ServerMenu } from "./server-menu.ts";
import type { LaneName, View, ViewContext } from "./view.ts";

/** How long a request is shown moving, in seconds. */
const FLIGHT_S = 0.45;
/** The most dots that move at once. With faster traffic only every nth request is drawn. */
const MOST_FLYING = 120;

export function stageView(
  stagehand: ViewContext,
  lane: LaneName,
  menu: ServerMenu,
): View & { readonly element: HTMLElement } {
  const { experiment } = stagehand;
  const index = lane === "a" ? 0 : 1;
  const canvas = h("canvas", {
    class: "stage",
    tabindex: 0,
    role: "application",
    "data-keys": true,
  });
  canvas.setAttribute("aria-roledescription", "servers");
  const decision = h("p", { class: "decision" });
  const element = h("div", { class: "stage-box" }, canvas, decision);
  let selected: number | undefined;

  const openAt = (server: number) => {
    selected = server;
    const box = canvas.getBoundingClientRect();
    const layout = layoutStage(box.width, box.height, count());
    draw();
    menu.open(server, [box.left + serverX(layout, server), box.top + 70], canvas);
  };
  const count = () => experiment.lanes[index]?.servers.length ?? 0;
  on(canvas, "click", (event) => {
    const layout = layoutStage(canvas.clientWidth, canvas.clientHeight, count());
    const server = serverAt(layout, event.offsetX, count());
    if (server !== undefined) openAt(server);
  });
  on(canvas, "keydown", (event) => {
    const { key } = event;
    const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
    const opens = key === "Enter" || key === " ";
    if (step === 0 && !opens) return;
    // Without `preventDefault`, the key press that opens the menu would also press the menu's first button.
    event.preventDefault();
    if (opens) openAt(selected ?? 0);
    else selected = ((selected ?? (step > 0 ? -1 : 0)) + step + count()) % count();
    draw();
    describe();
  });
  on(canvas, "blur", () => {
    selected = undefined;
    draw();
  });

  function draw(): void {
    const history = experiment.lanes[index];
    const place = history === undefined ? undefined : surface(canvas);
    if (history === undefined || place === undefined) return;
    const { player, scenario } = experiment;
    const flightMs = stagehand.still() ? 0 : FLIGHT_S * player.speed;
    const every = Math.max(1, Math.ceil((player.requestsPerRealSecond * FLIGHT_S) / MOST_FLYING));
    const drawn = {
      timeMs: player.nowMs,
      servers: history.servers,
      balancers: scenario.balancers?.count ?? 1,
      picks: recent(history.picks, player.nowMs - flightMs, (pick) => pick.request % every === 0),
      ends: recent(history.ends, player.nowMs - flightMs, (_, at) => at % every === 0),
      flightMs,
      pointed: player.playing ? undefined : history.lastPick,
      selected,
      deepest: experiment.deepest,
      accent: stagehand.theme[lane],
    };
    drawStage(place, drawn, stagehand.theme);
  }

  function describe(): void {
    const history = experiment.lanes[index];
    if (history === undefined) return;
    const { player } = experiment;
    const { a, b } = experiment.state;
    const own = ownFile((lane === "a" ? a : b)?.algorithm ?? "") !== undefined;
    say(decision, player.playing ? "" : decisionWords(history, own));
    if (player.playing) return;
    const one = selected === undefined ? undefined : history.servers[selected];
    canvas.setAttribute(
      "aria-label",
      one === undefined
        ? `Algorithm ${lane.toUpperCase()}: ${history.inFlight} requests on ${count()} servers. Arrow keys choose a server.`
        : `Server ${one.name}, ${one.state}, ${one.depth} requests. Enter: what to do to it.`,
    );
  }

  return {
    element,
    state() {
      describe();
      if (!experiment.player.replaying) draw();
    },
    moment: draw,
    detail() {
      draw();
      describe();
    },
    redraw: draw,
  };
}

function recent<E extends { readonly atMs: number }>(
  events: readonly E[],
  afterMs: number,
  kept: (event: E, at: number) => boolean,
): E[] {
  return events.filter((event, at) => event.atMs > afterMs && kept(event, at));
}

function decisionWords({ lastPick }: LaneHistory, own: boolean): string {
  if (lastPick === undefined) return "No request yet.";
  const { request, server, why } = lastPick;
  return `Request ${request} → s${server}: ${reasonWords(why, own).long}.`;
}
