// Stacked bars for the keys that move when the servers change: necessary moves and unnecessary moves.
import { type Drawing, type Figure, WIDE } from "./figure.ts";
import { head, line, round, text, textWidth } from "./frame.ts";
import { linear, tickText } from "./scale.ts";

export interface Bar {
  readonly group: string;
  readonly label: string;
  readonly necessary: number;
  readonly extra: number;
  readonly text: string;
}

export interface BarsSpec {
  readonly name: string;
  readonly question: string;
  readonly note: string;
  readonly axis: string;
  readonly parts: readonly [necessary: string, extra: string];
  readonly bars: readonly Bar[];
}

/**
 * The numbers of the colours blue and vermilion in theme.ts. People with any colour vision can tell
 * these two colours apart.
 */
const [NECESSARY, EXTRA] = [1, 2];

export function bars(spec: BarsSpec): Figure {
  return {
    name: spec.name,
    question: spec.question,
    note: spec.note,
    columns: ["change", "method", ...spec.parts],
    rows: spec.bars.map(({ group, label, necessary, extra }) => [group, label, necessary, extra]),
    draw: (width) => drawBars(spec, width),
  };
}

function drawBars({ question, note, axis, parts: named, bars }: BarsSpec, width: number): Drawing {
  const legend = [
    { label: named[0], ink: NECESSARY },
    { label: named[1], ink: EXTRA },
  ];
  const top = head(question, note, width, legend);
  const left = 8 + Math.max(...bars.map(({ label }) => textWidth(label))) + 12;
  const right = width - Math.max(...bars.map((bar) => textWidth(bar.text))) - 20;
  const wanted = width < WIDE ? 3 : 6;
  const parts = [top.body];
  let y = top.bottom + 4;
  for (const [group, own] of Map.groupBy(bars, (bar) => bar.group)) {
    // Each change has a scale of its own, because a flapping server moves a hundred times as many keys as one removal.
    const most = Math.max(...own.map(({ necessary, extra }) => necessary + extra));
    const scale = linear([0, most], [left, right], { wanted });
    y += 26;
    parts.push(text(8, y, group, { className: "strong" }));
    const from = y + 8;
    const body: string[] = [];
    for (const bar of own) {
      y += 22;
      body.push(text(left - 8, y + 4, bar.label, { anchor: "end" }));
      const middle = scale.at(bar.necessary);
      body.push(
        rect(NECESSARY, left, middle, y - 7),
        rect(EXTRA, middle, scale.at(bar.necessary + bar.extra), y - 7),
      );
      body.push(
        text(scale.at(bar.necessary + bar.extra) + 6, y + 4, bar.text, { className: "soft" }),
      );
    }
    for (const tick of scale.ticks) {
      parts.push(line(scale.at(tick), from, scale.at(tick), y + 12, "grid"));
      parts.push(
        text(scale.at(tick), y + 26, tickText(tick), { className: "soft", anchor: "middle" }),
      );
    }
    parts.push(...body);
    y += 26;
  }
  y += 20;
  parts.push(text(right, y, axis, { className: "strong", anchor: "end" }));
  return { width, height: y + 12, body: parts.join("\n") };
}

function rect(ink: number, from: number, to: number, y: number): string {
  if (to - from < 0.05) return "";
  return `<rect class="f${ink}" x="${round(from)}" y="${round(y)}" width="${round(to - from)}" height="15"/>`;
}
