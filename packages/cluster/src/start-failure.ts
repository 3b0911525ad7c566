// Why a tier did not start, told with the next step where its last words are a known case.
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
    ...advice(lines, exit, file),
  ].join("\n");
}

interface Case {
  readonly code: string;
  readonly advise: (address: string, file: string) => readonly string[];
}

const portOf = (address: string): string => address.slice(address.lastIndexOf(":") + 1);

/** What the operating system refused, by its code, and what an operator does about it. */
const CASES: readonly Case[] = [
  {
    code: "EADDRINUSE",
    advise: (address, file) => [
      `${address} is in use by another process. See which: ss -ltnp 'sport = :${portOf(address)}'`,
      `Stop that process, or change the address in ${file}.`,
    ],
  },
  {
    code: "EADDRNOTAVAIL",
    advise: (address) => [
      `${address} is no address of this machine. If it is another box's, run only this one: --box NAME`,
    ],
  },
  {
    code: "EACCES",
    advise: (address) => [
      `${address} may not be listened on: ports below 1024 need CAP_NET_BIND_SERVICE; see docs/operations/two-boxes.md`,
    ],
  },
];

function advice(lines: readonly string[], exit: Exit, file: string): readonly string[] {
  for (const { code, advise } of CASES) {
    const line = lines.find((one) => new RegExp(`\\b${code}\\b`).test(one));
    // Node says `0.0.0.0:80` or `:::80`, our tiers `*:80` or a host.
    const address = line === undefined ? undefined : /\S+:\d+(?![\w:.])/.exec(line)?.[0];
    if (address !== undefined) return advise(address, file);
  }
  return exit.code === EXIT.config ? [`Mend the file, then: tandem check ${file}`] : [];
}
