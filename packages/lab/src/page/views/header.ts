// Shows the scenario, its question, the link to this run at this moment, and the choice between light and dark colours.
import { h, on, part, say } from "../dom.ts";
import { ownFile } from "../run-state/own.ts";
import { encode } from "../run-state/permalink.ts";
import { PRESETS, type Preset, presetOf } from "../run-state/presets.ts";
import type { RunState } from "../run-state/run-state.ts";
import { clock } from "../words.ts";
import type { View, ViewContext } from "./view.ts";
import { wholeTitle } from "./whole-title.ts";

export function headerView({ experiment, announce }: ViewContext, themeChanged: () => void): View {
  const select = part<HTMLSelectElement>("scenario");
  const option = ({ name, title }: Preset) => h("option", { value: name }, title);
  const [own, ours] = [PRESETS.filter(isOwn), PRESETS.filter((preset) => !isOwn(preset))];
  if (own.length === 0) select.append(...ours.map(option));
  else
    select.append(
      h("optgroup", { label: "Your file" }, ...own.map(option)),
      h("optgroup", { label: "The laboratory" }, ...ours.map(option)),
    );
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
      const files = filesOf(experiment.state);
      const needs = files === "" ? "" : ` It needs a page that was started with ${files}.`;
      announce(`Link copied: this run at ${clock(nowMs, endMs)}, with the same numbers.${needs}`);
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
      const files = filesOf(state);
      say(part("needs"), files === "" ? "" : `A link to this run needs ${files}.`);
      if (!player.playing && !player.busy) keepInAddress();
    },
    detail() {
      const { playing, busy } = experiment.player;
      if (!playing && !busy) keepInAddress();
    },
  };
}

/** Returns the user's own files that the run needs, as words; empty when it needs none. */
function filesOf({ preset, a, b }: RunState): string {
  const algorithms = [a, b].flatMap((choice) => ownFile(choice?.algorithm ?? "")?.name ?? []);
  return [...new Set([presetOf(preset)?.file, ...algorithms])]
    .filter((file) => file !== undefined)
    .join(" and ");
}

const isOwn = ({ file }: Preset): boolean => file !== undefined;

function toggleTheme(): void {
  const root = document.documentElement;
  const dark = getComputedStyle(root).colorScheme === "dark";
  root.dataset.theme = dark ? "light" : "dark";
}
