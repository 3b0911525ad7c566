// Each of the page's two columns (A and B) shows one algorithm. This view shows the list from which the visitor
// chooses a column's algorithm, and that algorithm's parameters, idea and source.
import { inOneLine } from "../../schema/in-one-line.ts";
import { parameterFindings } from "../../schema/parameters.ts";
import { subjectOf, YARDSTICKS } from "../../sim/algorithms.ts";
import { h, on, say } from "../dom.ts";
import { ownFiles } from "../run-state/own.ts";
import {
  fieldValue,
  isHash,
  OFFERED,
  type Tunable,
  tunablesOf,
  withField,
} from "../run-state/parameters.ts";
import type { Choice } from "../run-state/run-state.ts";
import type { LaneName, View, ViewContext } from "./view.ts";
import { wholeTitle } from "./whole-title.ts";

const NONE = "none";

export function choiceView(
  { experiment, complain }: ViewContext,
  lane: LaneName,
): View & { readonly element: HTMLElement } {
  const id = `algorithm-${lane}`;
  const select = h("select", { id }, ...options(lane));
  const title = wholeTitle(select);
  const tuning = h("div", { class: "tuning" });
  const more = h("details", { class: "tuning-box" }, h("summary", {}, "Tune"), tuning);
  const idea = h("p", { class: "idea" });
  const paper = h("a", { target: "_blank", rel: "noopener noreferrer" });
  const element = h(
    "div",
    { class: "choice" },
    h(
      "div",
      { class: "choice-row" },
      h("label", { for: id, class: "badge" }, lane.toUpperCase()),
      select,
      more,
    ),
    title.element,
    idea,
    h("p", { class: "paper" }, paper),
  );
  let tuned = "";
  const choose = (choice: Choice | undefined) => {
    if (lane === "a" && choice !== undefined) experiment.change({ a: choice });
    if (lane === "b") experiment.change({ b: choice });
  };
  on(select, "change", () =>
    choose(select.value === NONE ? undefined : { algorithm: select.value, parameters: {} }),
  );

  function tune(tunable: Tunable, value: number | string): void {
    const choice = experiment.state[lane];
    if (choice === undefined) return;
    const parameters = withField(tunable, choice.parameters, value);
    const [fault] = parameterFindings(choice.algorithm, parameters);
    if (fault === undefined) choose({ ...choice, parameters });
    else complain(`${inOneLine(fault)}.`);
  }

  return {
    element,
    redraw: title.update,
    state() {
      const choice = experiment.state[lane];
      const algorithm = choice?.algorithm;
      select.value = algorithm === undefined ? NONE : isHash(algorithm) ? "uri" : algorithm;
      title.update();
      const note = algorithm === undefined ? undefined : subjectOf(algorithm);
      say(idea, note?.idea ?? "Choose a second algorithm to see both under the same requests.");
      say(paper, note?.paper ?? "");
      if (note?.href === undefined) paper.removeAttribute("href");
      else paper.href = note.href;
      const list = algorithm === undefined ? [] : tunablesOf(algorithm);
      more.hidden = list.length === 0;
      if (tuned !== algorithm) {
        tuned = algorithm ?? "";
        tuning.replaceChildren(...list.map((one) => field(lane, one, tune)));
      }
      for (const one of list) {
        const input = tuning.querySelector<HTMLInputElement | HTMLSelectElement>(
          `[name="${one.name}"]`,
        );
        if (input !== null && input !== document.activeElement)
          input.value = String(fieldValue(one, choice?.parameters ?? {}));
      }
    },
  };
}

function options(lane: LaneName): HTMLElement[] {
  const option = (name: string) => h("option", { value: name }, subjectOf(name)?.title ?? name);
  const own = ownFiles().map(({ name }) => name);
  const real = OFFERED.filter((name) => !YARDSTICKS.includes(name) && !own.includes(name));
  return [
    ...(own.length === 0 ? [] : [h("optgroup", { label: "Your files" }, ...own.map(option))]),
    ...(lane === "b" ? [h("option", { value: NONE }, "nothing beside it")] : []),
    h("optgroup", { label: "Algorithms" }, ...real.map(option)),
    h("optgroup", { label: "Yardsticks" }, ...YARDSTICKS.map(option)),
  ];
}

function field(
  lane: LaneName,
  tunable: Tunable,
  tune: (tunable: Tunable, value: number | string) => void,
): HTMLElement {
  const id = `tune-${lane}-${tunable.name}`;
  const { name } = tunable;
  const input =
    tunable.kind === "choice"
      ? h("select", { id, name }, ...tunable.options.map((value) => h("option", { value }, value)))
      : h("input", {
          id,
          name,
          type: "number",
          min: tunable.min,
          max: tunable.max,
          step: tunable.step,
        });
  on(input, "change", () =>
    tune(tunable, tunable.kind === "choice" ? input.value : Number(input.value)),
  );
  return h("div", { class: "field" }, h("label", { for: id }, tunable.label), input);
}
