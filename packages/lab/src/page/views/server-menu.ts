// The menu with which the visitor disturbs a server, for mouse, finger and keyboard.
import { h, on, part, say } from "../dom.ts";
import { activeAt, DISTURBANCE_KINDS, DISTURBANCE_WORDS } from "../run-state/disturbances.ts";
import type { ViewContext } from "./view.ts";

export interface ServerMenu {
  /** Opens the menu at a point of the window. When the menu closes, `back` gets the focus. */
  readonly open: (server: number, at: readonly [x: number, y: number], back: HTMLElement) => void;
}

const WIDTH = 230;
const HEIGHT = 300;

export function serverMenu({ experiment, announce }: ViewContext): ServerMenu {
  const menu = part("server-menu");
  let server = 0;
  let origin: HTMLElement | undefined;
  const act = (kind: (typeof DISTURBANCE_KINDS)[number] | "recover", label: string) => {
    menu.hidePopover();
    experiment.disturb(server, kind);
    announce(`Server s${server}: ${label}.`);
  };
  const list = part("server-actions");
  for (const kind of DISTURBANCE_KINDS) {
    const { label, what } = DISTURBANCE_WORDS[kind];
    const button = h(
      "button",
      { type: "button", "data-act": kind },
      h("b", {}, label),
      h("small", {}, what),
    );
    on(button, "click", () => act(kind, what));
    list.append(button);
  }
  const recover = h(
    "button",
    { type: "button", "data-act": "recover" },
    h("b", {}, "Recover"),
    h("small", {}, "ends what you did to it"),
  );
  on(recover, "click", () => act("recover", "recovers"));
  list.append(recover);
  on(menu, "toggle", (event) => {
    if (event instanceof ToggleEvent && event.newState === "closed") origin?.focus();
  });
  on(menu, "keydown", (event) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const buttons = [...menu.querySelectorAll<HTMLButtonElement>("button:not([hidden])")];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  });
  return {
    open(which, [x, y], back) {
      server = which;
      origin = back;
      const { nowMs } = experiment.player;
      const mine = experiment.state.disturbances.some(
        (one) => one.server === server && activeAt(one, nowMs),
      );
      recover.hidden = !mine;
      say(part("server-name"), `Server s${server}`);
      say(part("server-facts"), factsOf(server));
      menu.showPopover();
      menu.style.left = `${Math.max(8, Math.min(x - WIDTH / 2, innerWidth - WIDTH - 8))}px`;
      menu.style.top = `${Math.max(8, Math.min(y, innerHeight - HEIGHT - 8))}px`;
      menu.querySelector("button")?.focus();
    },
  };

  function factsOf(which: number): string {
    return experiment.lanes
      .map(({ servers }, lane) => {
        const one = servers[which];
        return one === undefined ? "" : `${"AB"[lane]}: ${one.depth} on it, ${one.state}`;
      })
      .join(" · ");
  }
}
