// Shows the scenario, its question, the link to this run at this moment, and the choice between light and dark colours.
import { h, on, part, say } from "../dom.ts";
import { encode } from "../run-state/permalink.ts";
import { PRESETS, presetOf } from "../run-state/presets.ts";
import { clock } from "../words.ts";
import type { View, ViewContext } from "./view.ts";
import { wholeTitle } from "./whole-title.ts";

export function headerView({ experiment, announce }: ViewContext, themeChanged: () => void): View {
  const select = part<HTMLSelectElement>("scenario");
  for (const { name, title } of PRESETS) select.append(h("option", { value: name }, title));
  const title = wholeTitle(select);
  part("scenario-title").append(title.element);
  on(select, "change", () => {
    const preset = presetOf(select.value);
    if (preset !== undefined) experiment.openPreset(preset);
  });
  on(part("copy"), "click", () => void copyLink());
  on(part("theme"), "click", () => {
    toggleTheme();
    themeChanged();
  });

  const link = () => encode({ state: experiment.state, atMs: experiment.player.nowMs });

  async function copyLink(): Promise<void> {
    keepInAddress();
    const { nowMs, endMs } = experiment.player;
    try {
      await navigator.clipboard.writeText(location.href);
      announce(`Link copied: this run at ${clock(nowMs, endMs)}, with the same numbers.`);
    } catch {
      announce("The link is in the address bar; copy it from there.");
    }
  }

  function keepInAddress(): void {
    const fragment = `#${link()}`;
    if (location.hash !== fragment) history.replaceState(null, "", fragment);
  }

  return {
    redraw: title.update,
    state() {
      const { state, player } = experiment;
      if (select.value !== state.preset) select.value = state.preset;
      title.update();
      const preset = presetOf(state.preset);
      say(part("question"), preset?.question ?? "");
      say(part("source"), preset?.source ?? "");
      if (!player.playing && !player.busy) keepInAddress();
    },
    detail() {
      const { playing, busy } = experiment.player;
      if (!playing && !busy) keepInAddress();
    },
  };
}

function toggleTheme(): void {
  const root = document.documentElement;
  const dark = getComputedStyle(root).colorScheme === "dark";
  root.dataset.theme = dark ? "light" : "dark";
}
