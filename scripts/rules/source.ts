// Reads what the structural rules (check-tree.ts) need from a TypeScript file: its imports, and the places where it
// uses time or chance directly.
import { type Node, parseSync, Visitor } from "oxc-parser";

export interface Mention {
  readonly text: string;
  readonly line: number;
}

export interface Import extends Mention {
  /** Whether only types are imported. Node removes such an import. */
  readonly typeOnly: boolean;
}

export interface Source {
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly timeAndChance: readonly Mention[];
}

interface Requested {
  readonly value: string;
  readonly start: number;
}

const MEMBERS = new Set([
  "Date.now",
  "performance.now",
  "Math.random",
  "globalThis.setTimeout",
  "globalThis.setInterval",
  "process.hrtime",
  "Temporal.Now",
]);
const CALLS = new Set(["setTimeout", "setInterval", "Date"]);
const MODULES = new Set(["node:timers", "node:timers/promises", "timers", "timers/promises"]);

/** Reads one file. Throws when the file is not valid TypeScript. */
export function readSource(file: string, text: string): Source {
  const { program, module, errors } = parseSync(file, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file}: ${error.message}`);
  const starts = lineStarts(text);
  const at = (offset: number) => starts.findLastIndex((start) => start <= offset) + 1;

  const imports: Import[] = [];
  const imported = ({ value, start }: Requested, typeOnly: boolean) =>
    imports.push({ text: value, line: at(start), typeOnly });
  for (const { entries, moduleRequest } of module.staticImports)
    imported(moduleRequest, entries.length > 0 && entries.every(({ isType }) => isType));
  for (const { entries } of module.staticExports)
    for (const { moduleRequest, isType } of entries)
      if (moduleRequest) imported(moduleRequest, isType);
  const timeAndChance: Mention[] = [];
  const note = (name: string, node: Node) =>
    timeAndChance.push({ text: name, line: at(node.start) });
  new Visitor({
    ImportExpression({ source }) {
      if (source.type === "Literal" && typeof source.value === "string")
        imported({ value: source.value, start: source.start }, false);
    },
    TSImportType({ source }) {
      imported(source, true);
    },
    MemberExpression(node) {
      if (node.object.type !== "Identifier" || node.property.type !== "Identifier") return;
      const name = `${node.object.name}.${node.property.name}`;
      if (!node.computed && MEMBERS.has(name)) note(name, node);
    },
    CallExpression(node) {
      if (node.callee.type === "Identifier" && CALLS.has(node.callee.name))
        note(`${node.callee.name}()`, node);
    },
    NewExpression(node) {
      // `new Date(ms)` only formats a number; `new Date()` reads the clock.
      if (
        node.callee.type === "Identifier" &&
        node.callee.name === "Date" &&
        !node.arguments.length
      )
        note("new Date()", node);
    },
  }).visit(program);
  timeAndChance.push(...imports.filter(({ text: name }) => MODULES.has(name)));
  return { lines: starts.length - (text.endsWith("\n") ? 1 : 0), imports, timeAndChance };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
