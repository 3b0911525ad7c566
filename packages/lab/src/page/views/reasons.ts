// Shows how many picks had each reason, as bars with a description, and what an algorithm of the user's own did wrong.

import { h, say } from "../dom.ts";
import { reasonWords } from "../reason-words.ts";
import type { Experiment } from "../run/experiment.ts";
import type { LaneDetail } from "../run/protocol.ts";
import { ownFile } from "../run-state/own.ts";
import { count, percent } from "../words.ts";
import type { View } from "./view.ts";

interface Row {
  readonly item: HTMLElement;
  readonly bar: HTMLElement;
  readonly share: HTMLElement;
  readonly short: HTMLElement;
  readonly long: HTMLElement;
}

export function reasonsView(
  experiment: Experiment,
  index: number,
): View & { readonly element: HTMLElement } {
  const list = h("ul", { class: "reasons" });
  const faults = h("p", { class: "own-faults" });
  const element = h("div", {}, list, faults);
  const rows = new Map<string, Row>();
  const rowOf = (reason: string) => {
    const known = rows.get(reason);
    if (known !== undefined) return known;
    const bar = h("i", { class: "bar" });
    const share = h("span", { class: "number" });
    const [short, long] = [h("b"), h("span")];
    const item = h("li", {}, h("span", { class: "reason" }, short, " ", long), share, bar);
    const row = { item, bar, share, short, long };
    rows.set(reason, row);
    list.append(item);
    return row;
  };
  return {
    element,
    detail() {
      const detail = experiment.lanes[index]?.detail;
      const why = detail?.figures.why ?? {};
      const { a, b } = experiment.state;
      const own = ownFile((index === 0 ? a : b)?.algorithm ?? "") !== undefined;
      const total = Object.values(why).reduce((sum, count) => sum + count, 0);
      for (const [reason, count] of Object.entries(why)) {
        const { bar, share, short, long } = rowOf(reason);
        const words = reasonWords(reason, own);
        say(short, words.short);
        say(long, words.long);
        const part = total === 0 ? 0 : count / total;
        bar.style.width = `${(part * 100).toFixed(2)}%`;
        say(share, percent(part));
      }
      for (const [reason, { item }] of rows) item.hidden = why[reason] === undefined;
      list.dataset.empty = total === 0 ? "yes" : "no";
      say(faults, faultsText(detail?.faults ?? []));
    },
  };
}

/** Tells the faults with their numbers. They count from the start of the run, so the warm-up is in them. */
function faultsText(faults: LaneDetail["faults"]): string {
  return faults.map(([fault, times]) => `Your file ${fault} (${count(times, "time")}).`).join(" ");
}
