// Shows the controls of time: play, pause, step, the time line and the speed. All of them can be used from the keyboard
// too.
import { on, part, say } from "../dom.ts";
import { activeAt } from "../run-state/disturbances.ts";
import { clock, digits, pace } from "../words.ts";
import type { View, ViewContext } from "./view.ts";

/** The speeds that can be chosen, in virtual milliseconds per real second: 1, 2, 5, 10, … 500 000 (8 minutes). */
const SPEEDS = [1, 10, 100, 1_000, 10_000, 100_000].flatMap((power) => [
  power,
  2 * power,
  5 * power,
]);

export function transportView({ experiment, announce }: ViewContext): View {
  const { player } = experiment;
  const play = part<HTMLButtonElement>("play");
  const time = part<HTMLInputElement>("time");
  const speed = part<HTMLInputElement>("speed");
  speed.max = String(SPEEDS.length - 1);
  const toggle = () => {
    if (player.playing) player.pause();
    else if (player.nowMs >= player.endMs) {
      experiment.open(experiment.state, 0);
      player.play();
    } else player.play();
  };
  const restart = () => experiment.open(experiment.state, 0);
  const faster = (by: number) => {
    const at = nearest(player.speed) + by;
    player.speed = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, at))] ?? player.speed;
    state();
  };
  on(play, "click", toggle);
  on(part("step"), "click", () => player.step());
  on(part("restart"), "click", restart);
  on(time, "input", () => experiment.seek(Number(time.value)));
  on(speed, "input", () => {
    player.speed = SPEEDS[Number(speed.value)] ?? player.speed;
    state();
  });
  const keys: Readonly<Record<string, () => void>> = {
    " ": toggle,
    k: toggle,
    ".": () => player.step(),
    s: () => player.step(),
    "0": restart,
    "+": () => faster(1),
    "-": () => faster(-1),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || takesKeys(event.target)) return;
    const act = keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });

  function state(): void {
    const { playing, busy } = player;
    document.documentElement.dataset.run = playing ? "playing" : busy ? "busy" : "still";
    say(part("play-label"), playing ? "Pause" : "Play");
    play.setAttribute("aria-pressed", String(playing));
    time.max = String(player.endMs);
    time.step = String(10 ** Math.floor(Math.log10(player.endMs / 1000)));
    speed.value = String(nearest(player.speed));
    speed.setAttribute("aria-valuetext", pace(player.speed));
    const rate = player.requestsPerRealSecond;
    say(part("speed-label"), pace(player.speed));
    part("speed-label").title = `about ${digits(rate)} requests a second on the screen`;
    moment();
  }

  function moment(): void {
    const { nowMs, endMs, goalMs, replaying } = player;
    if (document.activeElement !== time || !replaying) time.value = String(nowMs);
    const words = `${clock(nowMs, endMs)} of ${clock(endMs, endMs)}`;
    say(part("now"), replaying ? `replaying to ${clock(goalMs, endMs)} …` : words);
    time.setAttribute("aria-valuetext", words);
    const { warmupMs = 0 } = experiment.scenario;
    const warming = nowMs < warmupMs && !replaying;
    const active = experiment.state.disturbances.filter((one) => activeAt(one, nowMs)).length;
    const notes = [
      warming ? `warming up: figures begin at ${clock(warmupMs, endMs)}` : "",
      active > 0 ? `${active} disturbed by you` : "",
    ];
    say(part("phase"), notes.filter((note) => note !== "").join(" · "));
  }

  let told = false;
  return {
    state,
    moment,
    detail() {
      state();
      const done = player.nowMs >= player.endMs;
      if (done && !told) announce("The run is over.");
      told = done;
    },
  };
}

function nearest(speed: number): number {
  let best = 0;
  for (const [at, one] of SPEEDS.entries())
    if (Math.abs(Math.log(one / speed)) < Math.abs(Math.log((SPEEDS[best] ?? 1) / speed)))
      best = at;
  return best;
}

/** Whether the element uses key presses itself. The page's shortcuts (such as k for play) then do nothing. */
function takesKeys(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest("input, select, textarea, button, summary, a, [data-keys]") !== null
  );
}
