// Lays out a table for a terminal. Cells that are too long for the width are wrapped within their columns.
import { stripVTControlCharacters } from "node:util";
import { wrapAnsi } from "fast-wrap-ansi";

const GAP = "  ";
/** A column is not made narrower than this, even when the table is then wider than the terminal. */
const NARROWEST = 10;

/** Returns the lines of the table. Cells may have colours. */
export function layTable(rows: readonly (readonly string[])[], width: number): readonly string[] {
  const widths = columnWidths(rows, width);
  return rows.flatMap((row) => {
    const cells = widths.map((wide, i) => wrapAnsi(row[i] ?? "", wide, { hard: true }).split("\n"));
    const height = Math.max(...cells.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) =>
      widths
        .map((wide, i) => padded(cells[i]?.[line] ?? "", wide))
        .join(GAP)
        .trimEnd(),
    );
  });
}

/** Returns the widths of the columns. The widest columns are narrowed until the table fits into `width`. */
function columnWidths(rows: readonly (readonly string[])[], width: number): readonly number[] {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(1, ...rows.map((row) => visibleWidth(row[i] ?? ""))),
  );
  const space = width - GAP.length * (columns - 1);
  let excess = widths.reduce((sum, one) => sum + one, 0) - space;
  for (; excess > 0; excess--) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) break;
    widths[widths.indexOf(widest)] = widest - 1;
  }
  return widths;
}

const padded = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - visibleWidth(text)));

/** Returns how many columns the text takes on a terminal. The guides have only characters of one column. */
function visibleWidth(text: string): number {
  return stripVTControlCharacters(text).length;
}
