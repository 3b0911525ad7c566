// Why a tier did not start: its own words, which name the next step.
import type { Exit } from "./process-handle.ts";
import { EXIT } from "./refusal.ts";
import type { SupervisedTier } from "./supervised-tier.ts";

/** The message for the terminal: what failed, its own last lines, and what to do. */
export function explainFailure(
  tier: Pick<SupervisedTier, "name" | "lastLines">,
  exit: Exit,
  file: string,
): string {
  const lines = tier.lastLines.filter((line) => line.trim() !== "");
  const said = lines.length === 0 ? ["(it wrote nothing to stderr)"] : lines;
  return [
    `${tier.name} did not start: ${exit.words}`,
    ...said.map((line) => `  | ${line}`),
    ...(exit.code === EXIT.config ? [`Mend the file, then: tandem check ${file}`] : []),
  ].join("\n");
}
