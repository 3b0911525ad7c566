// Explains a line whose indentation lies between two levels, by naming the keys of the levels that the line may
// belong to.
import type { Slip } from "./slip.ts";

interface Level {
  readonly column: number;
  readonly key: string;
}

/**
 * Returns what is wrong with the indentation of line `line` (counted from 1); undefined when the indentation matches
 * a level of the lines above.
 */
export function indentWords(lines: readonly string[], line: number): Slip | undefined {
  const text = lines[line - 1];
  if (text === undefined) return undefined;
  const indent = text.search(/\S/);
  const levels = levelsAbove(lines.slice(0, line - 1));
  if (indent < 0 || levels.some(({ column }) => column === indent)) return undefined;
  const lower = levels.findLast(({ column }) => column < indent);
  const higher = levels.find(({ column }) => column > indent);
  const near = [lower, higher].flatMap((level) => level ?? []);
  if (near.length === 0) return undefined;
  const expected = near.map(({ column, key }) => `${column}, like '${key}'`).join(", or ");
  const spaces = indent === 1 ? "1 space" : `${indent} spaces`;
  const width = /^\S[^:]*/.exec(text.slice(indent))?.[0].length ?? 1;
  const message = `indented by ${spaces}, where nothing above is; expected ${expected}`;
  return { message, at: { line, column: indent + 1, width } };
}

/**
 * Returns the levels that are open at the end of `lines`, the outermost first. A list item such as
 * `- name: x` opens two levels, one at the dash and one at the key.
 */
function levelsAbove(lines: readonly string[]): readonly Level[] {
  const levels: Level[] = [];
  for (const text of lines) {
    const [, before = "", dash = "", key = ""] = /^(\s*)(- +)?([^\s:#][^:]*)?/.exec(text) ?? [];
    if (key === "" && dash === "") continue;
    while ((levels.at(-1)?.column ?? -1) >= before.length) levels.pop();
    if (dash !== "") levels.push({ column: before.length, key: "-" });
    if (key !== "") levels.push({ column: before.length + dash.length, key: key.trim() });
  }
  return levels;
}
