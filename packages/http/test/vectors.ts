// The vectors of test/vectors as data; the format is described in test/vectors/README.md.
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { DEFAULT_LIMITS, type RequestLimits } from "../src/index.ts";

export interface Vector {
  readonly name: string;
  readonly bytes: Buffer;
  readonly limits: RequestLimits;
  /** The method of the request that a response answers; undefined for requests. */
  readonly answers: string | undefined;
  readonly expected: string[];
}

const folder = join(import.meta.dirname, "vectors");
const CASE = /^## (.+)\n[\s\S]*?```http *(.*)\n([\s\S]*?)```\n+```result\n([\s\S]*?)```/gm;

export function loadVectors(kind: "request" | "response"): Vector[] {
  const vectors: Vector[] = [];
  for (const file of globSync(join(folder, kind, "*.md")).sort()) {
    const text = readFileSync(file, "utf8");
    const before = vectors.length;
    for (const [, name, options = "", bytes = "", result = ""] of text.matchAll(CASE)) {
      const limit = (key: string) => Number(new RegExp(`${key}=(\\d+)`).exec(options)?.[1]);
      const method = /\b[A-Z]+\b/.exec(options)?.[0] ?? "GET";
      vectors.push({
        name: `${basename(file, ".md")}: ${name}`,
        bytes: decode(bytes),
        limits: {
          requestLine: limit("line") || DEFAULT_LIMITS.requestLine,
          head: limit("head") || DEFAULT_LIMITS.head,
          fields: limit("fields") || DEFAULT_LIMITS.fields,
          dotSegments: /\brefuse-dots\b/.test(options) ? "refuse" : "resolve",
        },
        answers: kind === "request" ? undefined : method,
        expected: result.trim().split("\n"),
      });
    }
    const sections = text.match(/^## /gm)?.length ?? 0;
    // Without this check, a case with a typing error in its fences would be skipped silently.
    if (vectors.length - before !== sections)
      throw new Error(`${file}: not every section is a case`);
  }
  return vectors;
}

function decode(block: string): Buffer {
  const text = block
    .replaceAll("\n", "")
    .replaceAll(/\\(r|n|t|\\|x[0-9a-f]{2})/g, (_, escaped: string) => {
      if (escaped === "r") return "\r";
      if (escaped === "n") return "\n";
      if (escaped === "t") return "\t";
      return escaped === "\\" ? "\\" : String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    });
  return Buffer.from(text, "latin1");
}
