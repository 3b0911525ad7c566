// A figure is a question, numbers and a way to draw them. The table of numbers and the picture come
// from the same data, so a CSV file always agrees with its SVG.
// docs/decisions/0011-figures-of-our-own.md says why no plotting library is used.
import { STYLE } from "./theme.ts";

export interface Figure {
  /** The name of the figure's files, without an ending. */
  readonly name: string;
  readonly question: string;
  /** Says which numbers are shown, in which unit, over how many seeds. */
  readonly note: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** Draws the figure `width` wide. */
  readonly draw: (width: number) => Drawing;
}

/** SVG elements without their root. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly body: string;
}

export const WIDE = 760;
export const NARROW = 360;

/** Returns the figure as a file of its own, with a style that follows the reader's light or dark scheme. */
export function svgOf(figure: Figure): string {
  const { width, height, body } = figure.draw(WIDE);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="figure" viewBox="0 0 ${width} ${height}" ` +
    `width="${width}" height="${height}" role="img" aria-label="${escaped(figure.question)}">\n` +
    `<style>${STYLE}</style>\n<rect class="paper" width="${width}" height="${height}"/>\n${body}\n</svg>\n`
  );
}

/**
 * Returns the figure for a page that contains the style sheet already. With `fixed` the figure
 * keeps the size at which it is drawn; otherwise it shrinks with the page.
 */
export function inlineSvg(figure: Figure, width: number, className: string, fixed = false): string {
  const drawing = figure.draw(width);
  const size = fixed ? ` width="${drawing.width}" height="${drawing.height}"` : "";
  return (
    `<svg class="figure ${className}" viewBox="0 0 ${drawing.width} ${drawing.height}"${size} role="img" ` +
    `aria-label="${escaped(figure.question)}">\n${drawing.body}\n</svg>`
  );
}

/**
 * Returns the figure's table as CSV (RFC 4180), with LF as line end. Numbers are written in full. A value that was not
 * measured is empty.
 */
export function csvOf({ columns, rows }: Figure): string {
  const cell = (value: string | number): string => {
    if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
    return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  };
  return [columns, ...rows].map((row) => `${row.map(cell).join(",")}\n`).join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

export function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? "");
}

/** Makes a file name from words. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}
