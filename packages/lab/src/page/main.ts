// Starts the page: opens the run that the link describes, connects the views, and refreshes them at every change.
import "./no-eval.ts";

import { part, say } from "./dom.ts";
import { readTheme } from "./draw/theme.ts";
import { OWN } from "./own.ts";
import { Experiment, startOf } from "./run/experiment.ts";
import { PATIENCE_MS, Patience } from "./run/patience.ts";
import type { Answer, Order } from "./run/protocol.ts";
import { ownFiles } from "./run-state/own.ts";
import { decode, type Opened } from "./run-state/permalink.ts";
import { scenarioOf } from "./run-state/scenario-of.ts";
import { chartsView } from "./views/charts.ts";
import { controlsView } from "./views/controls.ts";
import { figuresView } from "./views/figures.ts";
import { headerView } from "./views/header.ts";
import { laneView } from "./views/lane.ts";
import { serverMenu } from "./views/server-menu.ts";
import { transportView } from "./views/transport.ts";
import { LANES, type View, type ViewContext } from "./views/view.ts";

function begin(): void {
  const worker = startWorker();
  const patience = patienceWith(worker);
  const post = (order: Order) => {
    patience?.begin();
    worker.postMessage(order);
  };
  const experiment = new Experiment({ post }, opened(), (why) =>
    complain([`This run cannot be made: ${why}.`]),
  );
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    patience?.end();
    experiment.answer(data);
  };
  worker.onerror = ({ message }) =>
    complain([`The simulator stopped: ${message}. Reload the page.`]);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const stagehand: ViewContext = {
    experiment,
    theme: readTheme(),
    still: () => calm.matches,
    announce: (text) => say(part("announcement"), text),
    complain: (sentence) => complain([sentence]),
  };
  const views: View[] = [];
  const redraw = () => {
    stagehand.theme = readTheme();
    for (const view of views) view.redraw?.();
  };
  const menu = serverMenu(stagehand);
  const lanes = LANES.map((lane) => laneView(stagehand, lane, menu));
  part("lanes").append(...lanes.map(({ element }) => element));
  views.push(
    headerView(stagehand, redraw),
    transportView(stagehand),
    controlsView(stagehand),
    ...lanes,
    figuresView(stagehand),
    chartsView(stagehand),
  );
  experiment.listen((change) => {
    for (const view of views) view[change]?.();
  });
  for (const view of views) view.state?.();
  if (OWN !== undefined && OWN.faults.length > 0)
    complain([...OWN.faults, "This page shows the files as they were."], "\n\n");
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new ResizeObserver(redraw).observe(part("lanes"));
  addEventListener("hashchange", () => {
    const linked = opened();
    experiment.player.pause();
    experiment.open(linked.state, linked.atMs);
  });
  part("notice-close").addEventListener("click", () => {
    part("notice").hidden = true;
  });
  const tick = (at: number) => {
    experiment.player.tick(at);
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}

/** Gives the worker up when a file of the user's own keeps it from answering. Undefined on a page without such files. */
function patienceWith(worker: Worker): Patience | undefined {
  if (ownFiles().length === 0) return undefined;
  return new Patience(() => {
    worker.terminate();
    complain([
      `The simulator did not answer for ${PATIENCE_MS / 1000} s and was ended: your file is probably in an endless loop.`,
      "Mend it, and reload the page.",
    ]);
  });
}

/**
 * Returns the run that the address asks for, or without one the run that the page was started with. Invalid parts of the
 * address are reported and left out.
 */
function opened(): Opened {
  const fragment = location.hash.slice(1) || (OWN?.start ?? "");
  const linked = decode(fragment);
  if (linked.complaints.length > 0) complain(linked.complaints);
  const fresh = !new URLSearchParams(fragment).has("t");
  return fresh ? { ...linked, atMs: startOf(scenarioOf(linked.state)) } : linked;
}

function complain(sentences: readonly string[], between = " "): void {
  say(part("notice-text"), sentences.join(between));
  part("notice").hidden = false;
}

/** Starts the worker. The exported page contains the worker's source; the served page loads it. */
function startWorker(): Worker {
  const inline = document.getElementById("worker-source");
  if (inline === null) return new Worker("worker.js");
  const source = new Blob([JSON.parse(inline.textContent ?? '""') as string], {
    type: "text/javascript",
  });
  return new Worker(URL.createObjectURL(source));
}

begin();
