// Describes the verdicts of checks for people: which figure was expected, found and accepted, and the source of the
// expectation.
import { palette } from "@tandem/telemetry/colors";
import type { Check, Finding, Verdict } from "../checks/check.ts";
import { plain } from "../figures/numbers.ts";
import { table } from "./terminal.ts";

/** Returns how many digits are needed to tell the two ends of the accepted interval apart, at least three. */
function digitsFor({ interval: [low, high] = [0, 1] }: Finding): number {
  for (let digits = 3; digits < 12; digits++)
    if (low.toPrecision(digits) !== high.toPrecision(digits)) return digits;
  return 12;
}

function valueText(value: number | string, digits: number): string {
  if (typeof value === "string") return shortened(value);
  if (digits === 3) return plain(value);
  return Number(value.toPrecision(digits)).toLocaleString("en-US", { maximumFractionDigits: 12 });
}

/** Shortens long texts. With `--json` texts are not shortened. */
const shortened = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}...` : text);

export function describeVerdict({
  id,
  title,
  source,
  verdict,
  findings,
  seconds,
}: Verdict): string {
  const { bold, dim, green, red } = palette();
  const word = verdict === "holds" ? green("holds") : red("does not hold");
  const rows = findings.map((finding) => {
    const digits = digitsFor(finding);
    return [
      finding.holds ? "    ok" : "    NO",
      finding.what,
      `found ${valueText(finding.found, digits)}`,
      `expected ${valueText(finding.expected, digits)}${intervalText(finding, digits)}`,
    ];
  });
  return [
    `${bold(id.padEnd(3))} ${word}  ${title}  ${dim(`${seconds.toFixed(1)} s`)}`,
    dim(`    ${source}`),
    ...table(rows),
    "",
  ].join("\n");
}

function intervalText({ interval, expected }: Finding, digits: number): string {
  if (interval === undefined) return "";
  const text = `${valueText(interval[0], digits)} to ${valueText(interval[1], digits)}`;
  return text === expected ? "" : `, accepted ${text}`;
}

export function summary(
  verdicts: readonly Verdict[],
  failed: readonly Verdict[],
  left: readonly Check[],
): string {
  const { bold, dim, green, red } = palette();
  const seconds = verdicts.reduce((sum, verdict) => sum + verdict.seconds, 0);
  const figures = verdicts.reduce((sum, { findings }) => sum + findings.length, 0);
  const lines = [
    bold(
      failed.length === 0
        ? green(`all ${verdicts.length} checks hold`)
        : red(
            `${failed.length} of ${verdicts.length} checks do not hold: ${failed.map(({ id }) => id).join(", ")}`,
          ),
    ) + dim(`  ${figures} figures, ${seconds.toFixed(1)} s`),
  ];
  if (left.length > 0)
    lines.push(`not run, because slow: ${left.map(({ id }) => id).join(", ")}; --full runs them`);
  return lines.join("\n");
}
