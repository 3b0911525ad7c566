// Defines the command `npm run soak -- changes`.
import { type Command, InvalidArgumentError } from "commander";
import { wholePositive } from "../arguments.ts";
import { enterOwnNetwork } from "../process/own-network.ts";
import { mebibytes } from "../report/format.ts";
import { progress, progressEnd } from "../report/progress.ts";
import { type ChangesReport, changes } from "./changes/changes.ts";
import type { Phase } from "./changes/counts.ts";

interface Arguments {
  readonly reloads: number;
  readonly upgrades: number;
  readonly restarts: number;
  readonly steady: number;
  readonly clients: number;
  readonly here?: true;
  readonly json?: true;
}

/** How many failures of a protocol are printed. */
const COMPLAINTS = 5;

export function addChanges(program: Command): void {
  program
    .command("changes")
    .description(
      "reloads, upgrades and restarts of every tier of a site on two boxes, under HTTP/1.1," +
        " HTTP/2, gRPC, WebSockets and TCP at once: no request may fail, no tunnel may break. About 12 minutes.",
    )
    .option("--reloads <n>", "reloads of the balancers", whole, 20)
    .option("--upgrades <n>", "upgrades of a box", whole, 10)
    .option("--restarts <n>", "restarts of each tier", whole, 10)
    .option(
      "--steady <seconds>",
      "then without a change: 5 minutes to settle, and so long for memory and descriptors",
      whole,
      0,
    )
    .option("--clients <n>", "clients of each kind at once", wholePositive, 4)
    .option("--here", "in the machine's own network, where that can be no other")
    .option("--json", "the report as JSON")
    .action(async (options: Arguments) => {
      if (options.here === undefined) {
        const obstacle = enterOwnNetwork("migrating");
        return program.error(`error: no network of its own: ${obstacle}. --here does without.`);
      }
      const report = await changes({ ...options, steadySeconds: options.steady, progress });
      progressEnd();
      console.log(options.json ? JSON.stringify(report, undefined, 2) : words(report));
      process.exitCode = report.failures.length === 0 ? 0 : 1;
    });
}

function whole(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is a whole number, or 0.");
}

function words({ phases, growth, lost, doubled, failures }: ChangesReport): string {
  return [
    ...phases.flatMap(phaseWords),
    ...growth.map(
      ({ process, rssBytes, descriptors }) =>
        `${process.padEnd(16)} memory ${mebibytes(rssBytes.first)} → ${mebibytes(rssBytes.last)}, descriptors ${descriptors.first} → ${descriptors.last}`,
    ),
    `answered forms: ${lost} not kept, ${doubled} kept twice`,
    failures.length === 0 ? "passed" : `FAILED: ${failures.join("; ")}`,
  ].join("\n");
}

function phaseWords({ kind, times, seconds, stallMs, counts }: Phase): string[] {
  const rows = Object.entries(counts).map(
    ([protocol, { answered, failed, moved, retried, opened, ended }]) => {
      const tunnels = opened > 0 ? `, ${opened} tunnels, ${ended} ended at a deadline` : "";
      return `  ${protocol.padEnd(15)} ${String(answered).padStart(6)} answered, ${failed.length} failed, ${retried} sent again, ${moved} moved to the other box${tunnels}`;
    },
  );
  const complaints = Object.entries(counts).flatMap(([protocol, { failed }]) =>
    failed.slice(0, COMPLAINTS).map((why) => `    ${protocol}: ${why}`),
  );
  return [
    `${kind}, ${times} times in ${seconds} s; the generator stood still for ${stallMs} ms at the longest`,
    ...rows,
    ...complaints,
  ];
}
