// The figures of study S14, which counts the keys that move when servers leave, join and flap. Its
// numbers are computed, not simulated.
import type { ChurnRow } from "../scenarios/s14-churn.ts";
import { churn } from "../scenarios/scenarios.ts";
import { bars } from "./bars.ts";
import { dots } from "./dots.ts";
import type { Figure } from "./figure.ts";
import { plain, withUnit } from "./numbers.ts";

export function churnFigures(rows: readonly ChurnRow[]): readonly Figure[] {
  return [
    bars({
      name: "s14-keys-moved",
      question: churn.question,
      note: `${churn.title}. Computed over all keys, nothing is drawn at random. Each change has its own scale.`,
      axis: "keys moved, % of all",
      parts: ["had to move", "moved without need"],
      bars: rows.map(({ change, method, necessary, extra }) => ({
        group: change,
        label: method,
        necessary,
        extra,
        text: extra === 0 ? `${plain(necessary)} %` : `${plain(necessary)} + ${plain(extra)} %`,
      })),
    }),
    dots({
      name: "s14-unevenness",
      question: "How uneven are the servers afterwards?",
      note: "Standard deviation over mean of the keys of a server. Computed.",
      axis: "unevenness, %",
      better: "lower",
      dots: rows
        .filter(({ change }) => change === rows[0]?.change)
        .map(({ change, method, spread }) => ({
          group: change,
          label: method,
          value: spread,
          text: withUnit(spread, "%"),
        })),
    }),
  ];
}
