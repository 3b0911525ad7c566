// Explains why a tier did not start. The tier's own message is quoted, because it names the next
// step.
import { complaintIn, quoted } from "./complaint.ts";
import type { Exit } from "./process-handle.ts";
import { EXIT } from "./refusal.ts";
import { shellWord } from "./shell-word.ts";
import type { SupervisedTier } from "./supervised-tier.ts";

/**
 * Returns the message for the terminal: which tier failed, the setting at fault if the tier named one, the tier's last
 * lines, and what to do.
 */
export function explainFailure(
  tier: Pick<SupervisedTier, "name" | "lastLines">,
  exit: Exit,
  file: string,
): string {
  const lines = tier.lastLines.filter((line) => line.trim() !== "");
  const said = lines.length === 0 ? ["(it wrote nothing to stderr)"] : lines;
  const { complaint = exit.words, others } = complaintIn(said, exit.code);
  const next = `Correct the file, then: tandem check ${shellWord(file)}`;
  return [
    `${tier.name} did not start: ${complaint}`,
    ...quoted(others),
    ...(exit.code === EXIT.config ? [next] : []),
  ].join("\n");
}
