// Translates complaints of the YAML parser into words for the author of the file, and finds the author's mistake (the
// slip). The parser reports only where it could not continue, which is often a line after the slip.
import { indentWords } from "./indentation.ts";
import type { Slip } from "./slip.ts";

/** A complaint of the parser. Lines and columns count from 1. */
export interface Complaint {
  readonly code: string;
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly lines: readonly string[];
}

type Reading = (complaint: Complaint) => Slip | string | undefined;

/** Returns the slip that caused `complaint`. */
export function slipOf(complaint: Complaint): Slip {
  for (const read of READINGS[complaint.code] ?? []) {
    const found = read(complaint);
    if (found !== undefined) return typeof found === "string" ? { message: found } : found;
  }
  return { message: `not valid YAML: ${complaint.message.toLowerCase()}` };
}

/**
 * Returns the message for a value that begins with `*` but is no alias of another value. Most likely it is an address
 * or a pattern that lacks its quotes.
 */
export function strayAlias(name: string): string {
  return /^[\w-]+$/.test(name)
    ? `'*${name}' repeats a value named '&${name}', and no earlier value has that name`
    : `a value that begins with '*' needs quotes: "*${name}"`;
}

const READINGS: Readonly<Record<string, readonly Reading[]>> = {
  DUPLICATE_KEY: [() => "this key is already set in the same mapping; keep one of them"],
  MULTIPLE_DOCS: [() => "a second document starts here; one file is one document, without '---'"],
  TAB_AS_INDENT: [() => "a tab indents this line; YAML is indented with spaces"],
  TAG_RESOLVE_FAILED: [() => "tags such as '!name' mean nothing here; write the plain value"],
  UNEXPECTED_TOKEN: [unquotedVariable, unquotedAddress],
  BAD_SCALAR_START: [unquotedValue],
  BAD_INDENT: [openBracket, ({ lines, line }) => indentWords(lines, line)],
  BLOCK_AS_IMPLICIT_KEY: [
    nextLineTooDeep,
    () =>
      "a second ':' where only one value can stand; if it is part of the value, quote the value",
  ],
  MULTILINE_IMPLICIT_KEY: [missingSpace],
  MISSING_CHAR: [
    openQuote,
    openBracket,
    ({ message }) => (message.startsWith("Missing ,") ? "a ',' is missing here" : undefined),
    ({ message }) => (message.startsWith("Implicit") ? "a ':' is missing after this" : undefined),
    ({ message }) => (message.startsWith("Comm") ? "a space is missing before '#'" : undefined),
    ({ lines, line }) => indentWords(lines, line),
    () => "something is not closed here: a quote, a bracket or a brace",
  ],
};

function lineOf({ lines, line }: Complaint): string {
  return lines[line - 1] ?? "";
}

function unquotedVariable(complaint: Complaint): string | undefined {
  if (!lineOf(complaint).includes("${")) return undefined;
  return `a variable between braces or brackets needs quotes: "\${NAME}"`;
}

function unquotedAddress(complaint: Complaint): Slip | undefined {
  const match = /\[[0-9a-fA-F:.]*\]:\d+/.exec(lineOf(complaint));
  if (match === null) return undefined;
  const at = { line: complaint.line, column: match.index + 1, width: match[0].length };
  return { message: `an address in brackets needs quotes: "${match[0]}"`, at };
}

function unquotedValue(complaint: Complaint): string {
  const rest = lineOf(complaint).slice(complaint.column - 1);
  const value = /^[^\s,}\]]+/.exec(rest)?.[0] ?? rest;
  return `a value that begins with '${rest[0]}' needs quotes: "${value}"`;
}

function missingSpace(complaint: Complaint): Slip | undefined {
  const match = /^(\s*(?:- )?)([\w.-]+):\S/.exec(lineOf(complaint));
  if (match === null) return undefined;
  const [, before = "", key = ""] = match;
  const at = { line: complaint.line, column: before.length + 1, width: key.length + 1 };
  return { message: `a space is missing after the ':' of '${key}'`, at };
}

/**
 * Finds a slip such as `site: x` with a deeper `state: y` on the next line. The parser takes both lines for one
 * value.
 */
function nextLineTooDeep(complaint: Complaint): Slip | undefined {
  const { lines, line, column } = complaint;
  if (
    lineOf(complaint)
      .slice(column - 1)
      .includes(": ")
  )
    return undefined;
  return indentWords(lines, line + 1);
}

/**
 * Finds a quote that is not closed. The parser notices the missing quote only at the end of the file. So the search
 * goes backwards, to a line with an odd number of such quotes.
 */
function openQuote({ message, lines }: Complaint): Slip | undefined {
  const quote = /Missing closing (["'])/.exec(message)?.[1];
  if (quote === undefined) return undefined;
  const line = lines.findLastIndex((text) => (text.split(quote).length - 1) % 2 === 1);
  const text = lines[line] ?? "";
  const column = text.indexOf(quote) + 1;
  const at = { line: line + 1, column, width: text.length - column + 1 };
  return { message: `the quote that opens here is not closed: ${quote}`, at };
}

/**
 * Finds a bracket that is not closed. The parser notices it only on a later line, which it takes for a part of the
 * list or mapping.
 */
function openBracket({ message, line, lines }: Complaint): Slip | undefined {
  if (!/^(?:Flow|Expected flow) /.test(message)) return undefined;
  for (let above = line - 1; above >= 0; above--) {
    const open = unclosed(lines[above] ?? "");
    if (open === undefined) continue;
    const at = { line: above + 1, column: open + 1, width: 1 };
    const bracket = lines[above]?.[open] ?? "{";
    return { message: `the '${bracket}' that opens here is not closed`, at };
  }
  return { message: "a '{' or '[' is still open here; close it, or indent its lines further" };
}

/** Returns the column, counted from 0, of the last bracket that a line opens and does not close. */
function unclosed(text: string): number | undefined {
  const open: number[] = [];
  const bare = text.replace(/"[^"]*"|'[^']*'|#.*$/g, (found) => " ".repeat(found.length));
  for (const [index, character] of [...bare].entries()) {
    if (character === "{" || character === "[") open.push(index);
    if (character === "}" || character === "]") open.pop();
  }
  return open.at(-1);
}
