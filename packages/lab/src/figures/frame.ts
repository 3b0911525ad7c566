// The parts that all figures share: the question at the top, the note below the question, a legend, text that wraps,
// and labels that do not overlap. Widths of text are estimated, because without a browser no font can be measured.
import { escaped } from "./figure.ts";

/** The average width of a character of a sans-serif font, as a share of the font's size. */
const CHARACTER = 0.54;

export const textWidth = (text: string, size = 12): number => text.length * size * CHARACTER;

export const round = (value: number): number => Math.round(value * 10) / 10;

export function text(
  x: number,
  y: number,
  content: string,
  {
    className = "",
    anchor = "start",
  }: { readonly className?: string; readonly anchor?: string } = {},
): string {
  const end = anchor === "start" ? "" : ` text-anchor="${anchor}"`;
  const classes = className === "" ? "" : ` class="${className}"`;
  return `<text x="${round(x)}" y="${round(y)}"${end}${classes}>${escaped(content)}</text>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, className: string): string {
  return `<path class="${className}" d="M${round(x1)} ${round(y1)}L${round(x2)} ${round(y2)}"/>`;
}

/** Breaks words into lines no wider than `width`. */
function wrapped(content: string, width: number, size: number): string[] {
  const lines: string[] = [];
  let current = "";
  for (const word of content.split(" ")) {
    const longer = current === "" ? word : `${current} ${word}`;
    if (current !== "" && textWidth(longer, size) > width) {
      lines.push(current);
      current = word;
    } else current = longer;
  }
  return [...lines, current];
}

export interface Head {
  readonly body: string;
  /** The vertical position at which the drawing may begin. */
  readonly bottom: number;
}

export interface LegendEntry {
  readonly label: string;
  readonly ink: number;
}

/** Draws the question, the note and, when given, a legend. */
export function head(
  question: string,
  note: string,
  width: number,
  legend: readonly LegendEntry[] = [],
): Head {
  const parts: string[] = [];
  let y = 8;
  for (const one of wrapped(question, width - 16, 17)) {
    y += 18;
    parts.push(text(8, y, one, { className: "title" }));
  }
  y += 3;
  for (const one of wrapped(note, width - 16, 12)) {
    y += 16;
    parts.push(text(8, y, one, { className: "soft" }));
  }
  let x = 8;
  if (legend.length > 0) y += 20;
  for (const { label, ink } of legend) {
    const wide = textWidth(label) + 38;
    if (x > 8 && x + wide > width) {
      x = 8;
      y += 17;
    }
    parts.push(
      `<rect class="f${ink}" x="${round(x)}" y="${y - 9}" width="10" height="10" rx="2"/>`,
    );
    parts.push(text(x + 15, y, label));
    x += wide;
  }
  return { body: parts.join("\n"), bottom: y + 12 };
}

/** Moves values apart, within the limits, until neighbours are `gap` apart. Keeps the order of the values. */
export function spread(
  wanted: readonly number[],
  gap: number,
  [top, bottom]: readonly [number, number],
): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const placed = order.map((i) => Math.min(bottom, Math.max(top, wanted[i] ?? 0)));
  for (let i = 1; i < placed.length; i++)
    placed[i] = Math.max(placed[i] ?? 0, (placed[i - 1] ?? 0) + gap);
  let limit = bottom;
  for (let i = placed.length - 1; i >= 0; i--) {
    placed[i] = Math.min(placed[i] ?? 0, limit);
    limit = (placed[i] ?? 0) - gap;
  }
  const result: number[] = [];
  for (const [rank, i] of order.entries()) result[i] = placed[rank] ?? 0;
  return result;
}
