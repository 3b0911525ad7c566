// Building blocks of the admin page: escaped text, durations in words, tables that become cards on a phone.

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};
export const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (c) => ESCAPES[c] ?? c);
export const count = (n: number): string => n.toLocaleString("en");

/** Returns a duration in words, in at most two units: 75 → "1 min 15 s". */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  if (seconds < 86_400)
    return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}

/** The content of a cell, with or without a CSS class. */
export type Cell = string | readonly [content: string, className: string];

/** Returns a table. On a phone each row becomes a card, and every cell shows the heading of its column. */
export function table(heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const head = heads.map((text) => `<th scope="col">${text}</th>`).join("");
  const body = rows.map((cells) => {
    const inner = cells.map((cell, index) => {
      const [content, className] = typeof cell === "string" ? [cell, ""] : cell;
      return `<td class="${className}" data-head="${heads[index] ?? ""}"><span>${content}</span></td>`;
    });
    return `<tr>${inner.join("")}</tr>`;
  });
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table>`;
}
