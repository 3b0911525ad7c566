// Finds the place of each finding in the file, and decides how each value may be shown: secrets and the values of
// variables are never printed.
import { isMap, isScalar, isSeq, visit } from "yaml";
import type { z } from "zod";
import { type Path, type Place, pathOf, withoutPasswords, type YamlSource } from "./document.ts";
import type { Finding, Written } from "./explain.ts";
import { formatPath } from "./path-text.ts";
import type { ConfigProblem } from "./problem.ts";
import { docsAt, isSecret, schemaAt } from "./shape.ts";

const MAX_SHOWN = 60;

/** Makes reports about one file. It knows which values of the file may be shown. */
export class Reporter implements Written {
  readonly #source: YamlSource;
  readonly #file: string;
  readonly #root: z.ZodType;
  readonly #expanded: ReadonlySet<unknown>;

  constructor(source: YamlSource, file: string, root: z.ZodType, expanded: ReadonlySet<unknown>) {
    this.#source = source;
    this.#file = file;
    this.#root = root;
    this.#expanded = expanded;
  }

  /** Hides every secret that is written in the file. Reports then show stars in the lines that they quote. */
  maskSecrets(): void {
    visit(this.#source.document, {
      Scalar: (role, node, ancestors) => {
        if (role === "key") return;
        const path = pathOf(ancestors, node);
        if (this.#secret(path) && !isVariable(node.source ?? "")) this.#source.mask(path);
      },
    });
  }

  shown(path: Path): string {
    const node = this.#source.node(path);
    if (isMap(node)) return "a mapping";
    if (isSeq(node)) return "a list";
    const text = this.#source.written(path);
    if (text !== undefined && this.#expanded.has(node) && isVariable(text))
      return `what ${text} holds`;
    if (this.#secret(path)) return "a value that is not shown";
    if (text === undefined || (isScalar(node) && node.value === null)) return "nothing";
    const open = withoutPasswords(text);
    const shown = open.length > MAX_SHOWN ? `${open.slice(0, MAX_SHOWN)}…` : open;
    return this.#expanded.has(node) ? `'${shown}' (with its variables expanded)` : `'${shown}'`;
  }

  has(path: Path): boolean {
    return this.#source.has(path);
  }

  comparable(path: Path): string | undefined {
    if (this.#secret(path) || this.#expanded.has(this.#source.node(path))) return undefined;
    return this.#source.written(path);
  }

  /** Turns a finding into a problem, at `place` or at the place of its path in the file. */
  problem(finding: Finding, place?: Place): ConfigProblem {
    const { path, message, suggestion, allowed } = finding;
    const at = place ?? this.#source.place(path, finding.side);
    return {
      file: this.#file,
      ...at,
      path: formatPath(path),
      message,
      ...(suggestion === undefined ? {} : { suggestion }),
      ...(allowed === undefined || allowed.length === 0 ? {} : { allowed }),
      docs: docsAt(this.#root, path),
    };
  }

  #secret(path: Path): boolean {
    const schema = schemaAt(this.#root, path);
    return schema !== undefined && isSecret(schema);
  }
}

/**
 * Whether the text is only a variable, such as `${PASSWORD}`. Such a text may be shown, because the name of a
 * variable is no secret. False for `${PASSWORD:-x}`, because a default may be a secret.
 */
function isVariable(text: string): boolean {
  return /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/.test(text);
}
