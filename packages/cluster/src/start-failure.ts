// Why a tier did not start, told with the next step where its last words are a known case.
import type { Exit } from "./process-handle.ts";
import { EXIT } from "./refusal.ts";
import type { SupervisedTier } from "./supervised-tier.ts";

/** The message for the terminal: what failed, its own last lines, and what to do. */
export function explainFailure(tier: SupervisedTier, exit: Exit, file: string): string {
  const lines = tier.lastLines.filter((line) => line.trim() !== "");
  const said = lines.length === 0 ? ["(it wrote nothing to stderr)"] : lines;
  return [
    `${tier.name} did not start: ${exit.words}`,
    ...said.map((line) => `  | ${line}`),
    ...advice(lines.join("\n"), exit, file),
  ].join("\n");
}

function advice(text: string, exit: Exit, file: string): string[] {
  const taken = /EADDRINUSE[^\n]*?(\S+):(\d+)\s*$/m.exec(text);
  if (taken !== null)
    return [
      `${taken[1]}:${taken[2]} is in use by another process. See which: ss -ltnp 'sport = :${taken[2]}'`,
      `Stop that process, or change the address in ${file}.`,
    ];
  const foreign = /EADDRNOTAVAIL[^\n]*?(\S+):\d+\s*$/m.exec(text);
  if (foreign !== null)
    return [
      `${foreign[1]} is no address of this machine. If it is another box's, run only this one: --box NAME`,
    ];
  if (/\bEACCES\b[^\n]*:(\d+)\s*$/m.test(text))
    return ["Ports below 1024 need CAP_NET_BIND_SERVICE; see docs/operations/two-boxes.md."];
  return exit.code === EXIT.config ? [`Mend the file, then: tandem check ${file}`] : [];
}
