// Prints predictions beside measurements.
import { type Line, type SiteReport, undisturbed } from "./check-site.ts";

/** Whether what was measured lies where the adviser expected one run of that length. */
export function holds({ predicted, measured }: Line): boolean {
  return measured.value >= predicted.oneLow && measured.value <= predicted.oneHigh;
}

const short = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(1));
const signed = (value: number): string => `${value > 0 ? "+" : ""}${short(value)}`;

/** Returns the table of one site in Markdown. */
export function tableOf(report: SiteReport): string[] {
  const { site, prediction, lines, added, requests, failed, lateP99Ms } = report;
  const speeds = prediction.speeds.map((speed) => Number(speed.toPrecision(3))).join(" and ");
  return [
    `**${site.name}**: ${site.what}.`,
    `${site.busyRate}/s with ${site.algorithm}, weights ${prediction.weights.join(":")}; load as predicted: ${prediction.load.toFixed(2)}; speeds as learnt: ${speeds}.`,
    "",
    "| | predicted | one run, 19 of 20 | measured | 95 % | difference | |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...lines.map((line) => `| ${rowOf(line).join(" | ")} |`),
    "",
    `${requests} requests measured, ${failed} failed. Beyond their time at the server requests took ${short(added.p50)} ms (p50) and ` +
      `${short(added.p99)} ms (p99) in the quiet phase; in the busy one they were sent ${short(lateP99Ms)} ms late (p99).`,
    ...(undisturbed(report)
      ? []
      : [
          "The machine was too busy with something else for these figures to say something: try again.",
        ]),
    "",
  ];
}

function rowOf(line: Line): string[] {
  const { what, unit, predicted, measured } = line;
  const difference = measured.value - predicted.mean;
  const percent = (100 * difference) / predicted.mean;
  return [
    what,
    `${short(predicted.mean)} ${unit}`,
    `${short(predicted.oneLow)} to ${short(predicted.oneHigh)}`,
    `${short(measured.value)} ${unit}`,
    `${short(measured.low)} to ${short(measured.high)}`,
    unit === "%"
      ? `${signed(difference)} points`
      : `${signed(difference)} ${unit}, ${signed(percent)} %`,
    holds(line) ? "within" : "beyond",
  ];
}
