// The text of tandem.yaml: its values, and for each path the place where it is written. The text is YAML 1.2 with
// anchors and merge keys. Duplicate keys are errors, and the number of aliases is limited.
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from "yaml";
import { slipOf, strayAlias } from "./syntax.ts";

export type Path = readonly (string | number)[];

/** A place in the file; `source` is the whole text of its line. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly width: number;
  readonly source: string;
}

/** A fault in the YAML itself, found before the schema is checked. */
export interface SyntaxFault {
  readonly message: string;
  readonly place: Place;
}

const MAX_ALIASES = 200;

export class YamlSource {
  readonly document: Document.Parsed;
  readonly #counter = new LineCounter();
  readonly #lines: string[];
  /** The end of the file's last text. A value that is missing at the end of the file is reported at this place. */
  readonly #end: number;
  /** Ranges of characters that no report may show. */
  readonly #masked: (readonly [number, number])[] = [];

  constructor(text: string) {
    this.#end = text.trimEnd().length;
    this.#lines = text.split(/\r\n|\n|\r/);
    this.document = parseDocument(text, {
      version: "1.2",
      merge: true,
      uniqueKeys: true,
      lineCounter: this.#counter,
      prettyErrors: false,
    });
  }

  faults(): SyntaxFault[] {
    const faults: SyntaxFault[] = [];
    const told = new Set<number>();
    for (const { code, message, pos } of [...this.document.errors, ...this.document.warnings]) {
      // One mistake in the file often causes several complaints of the parser about the same line.
      // Only the first complaint describes the mistake.
      const { line } = this.#counter.linePos(pos[0]);
      const fault = this.#fault(code, message, pos);
      if (told.has(line) || told.has(fault.place.line)) continue;
      told.add(line).add(fault.place.line);
      faults.push(fault);
      // After this error the parser cannot find its way again, so its further complaints are not
      // about mistakes in the file.
      if (code === "UNEXPECTED_TOKEN") break;
    }
    visit(this.document, {
      Pair: (_, { key }) => {
        if (isNode(key) && !isScalar(key) && !isAlias(key))
          faults.push({
            message: "found a list or mapping as a key, expected a word",
            place: this.#placeOf(key),
          });
      },
      Alias: (_, alias) => {
        if (alias.resolve(this.document) !== undefined) return;
        faults.push({ message: strayAlias(alias.source), place: this.#placeOf(alias) });
      },
    });
    return faults.sort((a, b) => a.place.line - b.place.line);
  }

  #fault(code: string, message: string, [start, end]: readonly [number, number]): SyntaxFault {
    const { line, col: column } = this.#counter.linePos(start);
    const slip = slipOf({ code, message, line, column, lines: this.#lines });
    if (slip.at !== undefined) {
      const from = this.#counter.lineStarts[slip.at.line - 1] ?? 0;
      const source = this.#veil(this.#lines[slip.at.line - 1] ?? "", from);
      return { message: slip.message, place: { ...slip.at, source } };
    }
    const place = code === "DUPLICATE_KEY" ? this.#keyPlace(start) : this.#place(start, end);
    return { message: slip.message, place };
  }

  #keyPlace(start: number): Place {
    const place = this.#place(start, start + 1);
    const key =
      /^(?:"[^"]*"|'[^']*'|[^:\s]+)/.exec(place.source.slice(place.column - 1))?.[0] ?? "";
    return { ...place, width: Math.max(1, key.length) };
  }

  /** Returns the plain values. Throws a ReferenceError when aliases would multiply the values beyond MAX_ALIASES. */
  values(): unknown {
    return this.document.toJS({ maxAliasCount: MAX_ALIASES });
  }

  /**
   * Returns the place of the value at `path`, or of its key when `side` is "key". When the path is
   * not in the file, returns the place of the nearest ancestor that is in the file.
   */
  place(path: Path, side: "key" | "value"): Place {
    let step: Step = { key: undefined, value: this.document.contents };
    for (const segment of path) {
      const next = this.#step(step.value, segment);
      if (next === undefined) return this.#placeOf(step.key ?? step.value);
      step = next;
    }
    const chosen = side === "key" ? (step.key ?? step.value) : this.#pointable(step);
    return this.#placeOf(chosen);
  }

  /** Whether the path is written in the file. */
  has(path: Path): boolean {
    return this.node(path) !== undefined;
  }

  /** Returns the node of the value, with aliases followed; undefined when the path is not in the file. */
  node(path: Path): Node | undefined {
    let value: Node | null | undefined = this.document.contents;
    for (const segment of path) {
      value = this.#step(value, segment)?.value;
      if (value === undefined) return undefined;
    }
    return this.#follow(value) ?? undefined;
  }

  /** Returns a scalar as it is written, before variables are expanded; undefined for other values. */
  written(path: Path): string | undefined {
    const node = this.node(path);
    if (!isScalar(node)) return undefined;
    return node.source ?? String(node.value);
  }

  /** Hides the value at `path` from every report. */
  mask(path: Path): void {
    const range = this.node(path)?.range;
    if (range) this.#masked.push([range[0], range[1]]);
  }

  /**
   * Returns the node at which a report points: for a mapping or list its key, because the value spans several lines.
   */
  #pointable({ key, value }: Step): Node | null | undefined {
    const range = value?.range;
    const block = isMap(value) || isSeq(value);
    return block && range && key !== undefined ? key : (value ?? key);
  }

  #follow(node: Node | null | undefined): Node | null | undefined {
    return isAlias(node) ? node.resolve(this.document) : node;
  }

  #step(node: Node | null | undefined, segment: string | number): Step | undefined {
    const parent = this.#follow(node);
    if (isSeq(parent)) {
      const item = parent.items[Number(segment)];
      return isNode(item) ? { key: undefined, value: item } : undefined;
    }
    return isMap(parent) ? this.#pair(parent, String(segment)) : undefined;
  }

  #pair(map: YAMLMap, name: string): Step | undefined {
    const pairs = map.items as Pair<unknown, unknown>[];
    for (const { key, value } of pairs) {
      if (isScalar(key) && String(key.value) === name)
        return { key, value: isNode(value) ? value : null };
    }
    for (const { key, value } of pairs) {
      if (!isScalar(key) || key.source !== "<<" || !isNode(value)) continue;
      const merged = this.#follow(value);
      for (const source of isSeq(merged) ? merged.items : [merged]) {
        const found = isNode(source) ? this.#step(source, name) : undefined;
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  #placeOf(node: Node | null | undefined): Place {
    const range = node?.range;
    return range ? this.#place(range[0], range[1]) : this.#place(0, 0);
  }

  #place(start: number, end: number): Place {
    if (start > 0 && start >= this.#end) return this.#place(this.#end - 1, this.#end);
    const at = this.#counter.linePos(start);
    const line = Math.max(1, at.line);
    const column = Math.max(1, at.col);
    const from = start - (column - 1);
    const text = this.#lines[line - 1] ?? "";
    const width = Math.min(Math.max(1, end - start), Math.max(1, text.length - column + 1));
    return { line, column, width, source: this.#veil(text, from) };
  }

  /**
   * Returns the line with every character of a secret replaced by a star. The line keeps its length, so the caret
   * below it still points at the right character.
   */
  #veil(text: string, from: number): string {
    let veiled = withoutPasswords(text);
    for (const [start, end] of this.#masked) {
      const [left, right] = [Math.max(0, start - from), Math.min(text.length, end - from)];
      if (left < right)
        veiled = veiled.slice(0, left) + "*".repeat(right - left) + veiled.slice(right);
    }
    return veiled;
  }
}

interface Step {
  readonly key: Node | undefined;
  readonly value: Node | null | undefined;
}

/**
 * Returns the path of the scalar `node`. `ancestors` are the nodes around the scalar, as yaml's
 * `visit` passes them. A merge key (`<<`) adds no step to the path.
 */
export function pathOf(ancestors: readonly unknown[], node: unknown): Path {
  const path: (string | number)[] = [];
  const chain = [...ancestors, node];
  for (const [index, ancestor] of chain.entries()) {
    if (isSeq(ancestor)) path.push(ancestor.items.indexOf(chain[index + 1]));
    if (!isMap(ancestor)) continue;
    const pair = ancestor.items.find((item) => item === chain[index + 1]);
    if (pair === undefined) continue;
    if (isScalar(pair.key) && pair.key.source !== "<<") path.push(String(pair.key.value));
  }
  return path;
}

/** Replaces the password of each URL by stars, also when it has an `@`: `x://me:p@s@db` becomes `x://me:***@db`. */
export function withoutPasswords(text: string): string {
  return text.replace(
    /(:\/\/[^\s:@/]*:)([^\s"']+)(?=@)/g,
    (_, head: string, secret: string) => head + "*".repeat(secret.length),
  );
}
