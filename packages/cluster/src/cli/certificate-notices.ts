// What is wrong with the certificates of the boxes that run here, for the terminal: below the table of what runs, so that
// a process that runs is not taken for one that is well.
import { systemClock } from "@tandem/transport";
import { certificateFindings } from "../certificates/findings.ts";
import type { BoxConfigs } from "../prepare.ts";
import { palette } from "./terminal.ts";

/** One line each, the worst first; empty when all is well. */
export function certificateNotices(boxes: BoxConfigs): readonly string[] {
  const { red, yellow } = palette(process.stderr);
  const found = [...boxes].map(([box, config]) =>
    certificateFindings(config, box, systemClock.wall()),
  );
  const faults = found.flatMap((one) => one.faults.map(({ message }) => red(message)));
  const warnings = found.flatMap((one) => one.warnings.map(({ message }) => yellow(message)));
  return [...new Set([...faults, ...warnings])];
}
