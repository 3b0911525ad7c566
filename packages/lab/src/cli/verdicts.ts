// Describes the verdicts of checks for people: a table of quantities, each with what was expected and by which method,
// what was found, in which interval, and whether that is right.
import { palette } from "@tandem/telemetry/colors";
import type { Check, Finding, Verdict } from "../checks/check.ts";
import { CONFIDENCE } from "../checks/confidence.ts";
import { plain } from "../figures/numbers.ts";
import { table } from "./terminal.ts";

/** Returns how many digits are needed to tell the ends of the interval apart, at least three. */
function digitsFor({ interval, bounds = [0, 1] }: Finding): number {
  const [low, high] = interval ?? bounds;
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

const HEADS = [
  "     ",
  "quantity",
  "expected",
  "found",
  "interval",
  "method, where not the source",
];

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
      finding.holds ? "   ok" : "   NO",
      finding.what,
      valueText(finding.expected, digits),
      valueText(finding.found, digits),
      intervalText(finding, digits),
      finding.method ?? "",
    ];
  });
  const [heads = "", ...lines] = table([HEADS, ...rows]);
  return [
    `${bold(id.padEnd(3))} ${word}  ${title}  ${dim(`${seconds.toFixed(1)} s`)}`,
    dim(`    ${source}`),
    dim(heads),
    ...lines,
    "",
  ].join("\n");
}

/** Says the interval of the found number, and how far the expected one may be outside it. */
function intervalText({ interval, bounds, expected, slack }: Finding, digits: number): string {
  const text = (pair: readonly [number, number]) =>
    `${valueText(pair[0], digits)} to ${valueText(pair[1], digits)}`;
  if (bounds !== undefined) return bounds.join(" to ") === expected ? "" : `within ${text(bounds)}`;
  const ends = interval === undefined ? "" : text(interval);
  return slack === undefined ? ends : `${ends} ± ${Number(slack.toPrecision(1))}`.trim();
}

export function summary(
  verdicts: readonly Verdict[],
  failed: readonly Verdict[],
  left: readonly Check[],
): string {
  const { bold, dim, green, red } = palette();
  const seconds = verdicts.reduce((sum, verdict) => sum + verdict.seconds, 0);
  const all = verdicts.flatMap(({ findings }) => findings);
  const numbers = all.filter(({ expected }) => typeof expected === "number").length;
  const lines = [
    bold(
      failed.length === 0
        ? green(`all ${verdicts.length} checks hold`)
        : red(
            `${failed.length} of ${verdicts.length} checks do not hold: ${failed.map(({ id }) => id).join(", ")}`,
          ),
    ) + dim(`  ${all.length} figures, ${numbers} of them numbers, ${seconds.toFixed(1)} s`),
    dim(
      `interval: of what was found, at ${100 * CONFIDENCE} %; ± what the theory itself may be off, or rounding`,
    ),
  ];
  if (left.length > 0)
    lines.push(`not run, because slow: ${left.map(({ id }) => id).join(", ")}; --full runs them`);
  return lines.join("\n");
}
