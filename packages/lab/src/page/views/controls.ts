// Shows the knobs of the table in knobs.ts. Each knob is a slider or a list, which shows the scenario's own value until
// the visitor turns it. A button restores the scenario's value.
import { compileDistribution } from "../../sim/distribution.ts";
import { loadOf, meanRate } from "../../sim/load.ts";
import type { Scenario } from "../../sim/scenario.ts";
import { h, on, part, say } from "../dom.ts";
import { loadIsMeaningful, serverCount } from "../run-state/capacity.ts";
import { KNOBS, type Knob } from "../run-state/knobs.ts";
import type { Knobs, RunState } from "../run-state/run-state.ts";
import { baseOf } from "../run-state/scenario-of.ts";
import { count, digits } from "../words.ts";
import type { View, ViewContext } from "./view.ts";

type Name = keyof Knobs;
const NAMES = Object.keys(KNOBS) as Name[];

/**
 * For each knob that is a number: returns the value that the knob shows for this scenario; undefined when the scenario
 * has no such setting.
 */
const SHOWN: Readonly<
  Partial<Record<Name, (scenario: Scenario, state: RunState) => number | undefined>>
> = {
  load: (scenario, { knobs }) =>
    loadIsMeaningful(scenario) ? loadOf(scenario) : (knobs.load ?? 1),
  servers: serverCount,
  slow: (_, { knobs }) => knobs.slow ?? 0,
  speed: (_, { knobs }) => knobs.speed ?? 0.5,
  workers: ({ servers }) => servers[0]?.workers ?? 1,
  limit: ({ servers }) => servers[0]?.maxConnections ?? 0,
  balancers: ({ balancers }) => balancers?.count ?? 1,
  stale: ({ balancers, service }) =>
    balancers?.boardMs === undefined ? 5 : balancers.boardMs / compileDistribution(service).mean,
  timeout: ({ client }) => client?.timeoutMs ?? 0,
  retries: ({ client }) => client?.retries?.max ?? 0,
  rtt: ({ network }) => network?.rttMs ?? 0,
  zipf: ({ keys }) => keys?.zipf,
};

/**
 * For each knob that may have no effect: returns why the knob has no effect at the moment; undefined when it has an
 * effect.
 */
const IDLE: Readonly<
  Partial<Record<Name, (scenario: Scenario, state: RunState) => string | undefined>>
> = {
  speed: (_, { knobs }) => ((knobs.slow ?? 0) > 0 ? undefined : "no slow servers"),
  stale: ({ balancers }) => (balancers?.view === "board" ? undefined : "no board"),
  zipf: ({ keys }) => (keys === undefined ? "no keys: for hashing" : undefined),
};

export function controlsView({ experiment }: ViewContext): View {
  const turn = (name: Name, value: number | string | undefined) => {
    const { [name]: _, ...rest } = experiment.state.knobs;
    const knobs = value === undefined ? rest : { ...rest, [name]: value };
    const { disturbances } = experiment.state;
    // A smaller fleet has no servers with higher numbers, so disturbances of such servers are dropped.
    const most = typeof value === "number" && name === "servers" ? value : Number.POSITIVE_INFINITY;
    experiment.change({ knobs, disturbances: disturbances.filter(({ server }) => server < most) });
  };
  const rows = new Map(NAMES.map((name) => [name, new Row(name, KNOBS[name], turn)]));
  for (const [name, row] of rows) part(`knobs-${KNOBS[name].group}`).append(row.element);
  const seed = part<HTMLInputElement>("seed");
  on(seed, "change", () => {
    const value = Number(seed.value);
    if (Number.isSafeInteger(value) && value >= 0) experiment.change({ seed: value });
    else seed.value = String(experiment.state.seed);
  });
  on(part("next-seed"), "click", () => experiment.change({ seed: experiment.state.seed + 1 }));
  on(part("reset"), "click", () => experiment.change({ knobs: {}, disturbances: [] }));
  return {
    state() {
      const { state, scenario } = experiment;
      if (document.activeElement !== seed) seed.value = String(state.seed);
      for (const row of rows.values()) row.show(state, scenario);
      say(part("offered"), offered(scenario));
    },
  };
}

function offered(scenario: Scenario): string {
  const rate = meanRate(scenario);
  const { mean } = compileDistribution(scenario.service);
  const servers = count(serverCount(scenario), "server");
  if (scenario.traffic.kind === "closed")
    return `${count(scenario.traffic.users, "client")} on ${servers}, one request at a time each`;
  return `${digits(rate)} requests a second of ${digits(mean)} ms on ${servers}`;
}

class Row {
  readonly element: HTMLElement;
  readonly #name: Name;
  readonly #knob: Knob;
  readonly #input: HTMLInputElement | HTMLSelectElement;
  readonly #label: HTMLElement;
  readonly #output: HTMLElement;
  readonly #back: HTMLButtonElement;

  constructor(
    name: Name,
    knob: Knob,
    turn: (name: Name, value: number | string | undefined) => void,
  ) {
    this.#name = name;
    this.#knob = knob;
    const id = `knob-${name}`;
    this.#label = h("label", { for: id, title: knob.hint }, knob.label);
    this.#output = h("output", { for: id });
    this.#back = h("button", { type: "button", class: "back", title: "as in the scenario" }, "↺");
    this.#back.setAttribute("aria-label", `${knob.label}: as in the scenario`);
    on(this.#back, "click", () => turn(name, undefined));
    this.#input = makeInput(id, knob);
    const input = this.#input;
    on(input, knob.kind === "number" ? "input" : "change", () =>
      turn(
        name,
        input.value === "" ? undefined : knob.kind === "number" ? Number(input.value) : input.value,
      ),
    );
    this.element = h(
      "div",
      { class: `knob ${knob.kind}` },
      h("div", { class: "knob-head" }, this.#label, this.#output, this.#back),
      input,
    );
  }

  show(state: RunState, scenario: Scenario): void {
    const turned = state.knobs[this.#name];
    const idle = IDLE[this.#name]?.(scenario, state);
    this.element.classList.toggle("turned", turned !== undefined);
    this.element.classList.toggle("idle", idle !== undefined);
    this.#input.disabled = idle !== undefined;
    this.#back.hidden = turned === undefined;
    if (this.#knob.kind === "choice") {
      this.#input.value = String(turned ?? "");
      say(this.#output, "");
      return;
    }
    if (this.#name === "load") {
      const meaningful = loadIsMeaningful(baseOf(state));
      say(this.#label, meaningful ? this.#knob.label : "Traffic, times");
    }
    const shown = SHOWN[this.#name]?.(scenario, state);
    const value = typeof turned === "number" ? turned : shown;
    this.#input.value = String(value ?? "");
    this.#input.setAttribute("aria-valuetext", idle ?? this.#words(value));
    say(this.#output, idle ?? this.#words(value));
  }

  #words(value: number | undefined): string {
    if (value === undefined || this.#knob.kind !== "number") return "–";
    if (this.#name === "timeout" && value === 0) return "never";
    if (this.#name === "limit" && value === 0) return "none";
    const { step, unit } = this.#knob;
    const text = step >= 1 ? String(Math.round(value)) : String(Number(value.toFixed(2)));
    return unit === "" ? text : `${text} ${unit}`;
  }
}

function makeInput(id: string, knob: Knob): HTMLInputElement | HTMLSelectElement {
  if (knob.kind === "number")
    return h("input", { id, type: "range", min: knob.min, max: knob.max, step: knob.step });
  const options = knob.options.map(([value, label]) => h("option", { value }, label));
  return h("select", { id }, h("option", { value: "" }, "as in the scenario"), ...options);
}
