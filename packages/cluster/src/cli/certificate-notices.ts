// Finds problems with the certificates of the boxes that run here, for the terminal. The problems are shown below the
// table of processes, because a process may run with a certificate that no client accepts.
import { palette } from "@tandem/telemetry/colors";
import { systemClock } from "@tandem/transport";
import { certificateFindings } from "../certificates/findings.ts";
import type { BoxConfigs } from "../certificates/wanted.ts";

/** Returns one line for each problem, the worst first; empty when there is no problem. */
export function certificateNotices(boxes: BoxConfigs): readonly string[] {
  const { red, yellow } = palette(process.stderr);
  const found = [...boxes].map(([box, config]) =>
    certificateFindings(config, box, systemClock.wall()),
  );
  const faults = found.flatMap((one) => one.faults.map(({ message }) => red(message)));
  const warnings = found.flatMap((one) => one.warnings.map(({ message }) => yellow(message)));
  return [...new Set([...faults, ...warnings])];
}
