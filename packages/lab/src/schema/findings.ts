// Checks data against a schema of this folder, and says everything that is wrong.
import { durationMs, explain, type Finding, type Written } from "@tandem/config/findings";
import type * as z from "zod/mini";
import { writtenIn } from "./written.ts";

/** What a schema makes of data: the data as it is meant, or at least one finding. */
export type Checked<T> =
  | { readonly data: T; readonly findings: readonly [] }
  | { readonly data: undefined; readonly findings: readonly Finding[] };

/** Checks `data`. No finding is given twice for one place. */
export function check<S extends z.ZodMiniType>(schema: S, data: unknown): Checked<z.output<S>> {
  const result = schema.safeParse(data, { reportInput: true });
  if (result.success) return { data: result.data, findings: [] };
  const written = writtenIn(data);
  const findings = result.error.issues
    .flatMap(innermost)
    .flatMap((issue) => explain(issue, schema, written, data))
    .map((finding) => inMilliseconds(finding, written.comparable(finding.path)))
    .map((finding) => withValue(finding, written));
  return { data: undefined, findings: once(withoutMisspelt(findings)) };
}

/**
 * Where a plain value or a mapping is accepted (`rate: 5`, `rate: { … }`), returns what is wrong with what was written;
 * zod says that neither fits.
 */
function innermost(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union" || issue.discriminator !== undefined) return [issue];
  const options = issue.errors.filter((errors) => !errors.some(ofAnotherType));
  const [meant] = options.toSorted((a, b) => a.length - b.length);
  if (meant === undefined) return [issue];
  return meant.flatMap((one) => innermost({ ...one, path: [...issue.path, ...one.path] }));
}

const ofAnotherType = ({ code, path }: z.core.$ZodIssue) =>
  code === "invalid_type" && path.length === 0;

/** Suggests `5000` for `5s` where milliseconds are expected. */
function inMilliseconds(finding: Finding, text: string | undefined): Finding {
  if (text === undefined || !finding.message.includes("expected milliseconds")) return finding;
  const ms = durationMs(text);
  return Number.isNaN(ms) ? finding : { ...finding, suggestion: String(ms) };
}

/** Says what was found, where the schema says only what it expects. */
function withValue(finding: Finding, written: Written): Finding {
  if (!finding.message.startsWith("expected ")) return finding;
  return { ...finding, message: `found ${written.shown(finding.path)}, ${finding.message}` };
}

/** Leaves out that a key is missing, where a misspelt one is probably meant to be that key. */
function withoutMisspelt(findings: readonly Finding[]): readonly Finding[] {
  const meant = new Set(
    findings.flatMap(({ path, suggestion }) =>
      suggestion === undefined ? [] : [[...path.slice(0, -1), suggestion].join("/")],
    ),
  );
  return findings.filter(
    ({ path, message }) => !(message.startsWith("missing") && meant.has(path.join("/"))),
  );
}

function once(findings: readonly Finding[]): readonly Finding[] {
  const told = new Set<string>();
  return findings.filter(({ path, message }) => {
    const key = `${path.join("/")} ${message}`;
    return !told.has(key) && told.add(key);
  });
}
