// Shows how many picks had each reason, as bars with a description.
import { h, say } from "../dom.ts";
import { reasonWords } from "../reason-words.ts";
import type { Experiment } from "../run/experiment.ts";
import { percent } from "../words.ts";
import type { View } from "./view.ts";

export function reasonsView(
  experiment: Experiment,
  index: number,
): View & { readonly element: HTMLElement } {
  const element = h("ul", { class: "reasons" });
  const rows = new Map<
    string,
    { readonly item: HTMLElement; readonly bar: HTMLElement; readonly share: HTMLElement }
  >();
  const rowOf = (reason: string) => {
    const known = rows.get(reason);
    if (known !== undefined) return known;
    const { short, long } = reasonWords(reason);
    const bar = h("i", { class: "bar" });
    const share = h("span", { class: "number" });
    const item = h(
      "li",
      {},
      h("span", { class: "reason" }, h("b", {}, short), ` ${long}`),
      share,
      bar,
    );
    const row = { item, bar, share };
    rows.set(reason, row);
    element.append(item);
    return row;
  };
  return {
    element,
    detail() {
      const why = experiment.lanes[index]?.detail?.figures.why ?? {};
      const total = Object.values(why).reduce((sum, count) => sum + count, 0);
      for (const [reason, count] of Object.entries(why)) {
        const { bar, share } = rowOf(reason);
        const part = total === 0 ? 0 : count / total;
        bar.style.width = `${(part * 100).toFixed(2)}%`;
        say(share, percent(part));
      }
      for (const [reason, { item }] of rows) item.hidden = why[reason] === undefined;
      element.dataset.empty = total === 0 ? "yes" : "no";
    },
  };
}
