// Defines the command `npm run soak -- restarts`.
import type { Command } from "commander";
import { wholePositive } from "../arguments.ts";
import { enterOwnNetwork } from "../process/own-network.ts";
import { progress, progressEnd } from "../report/progress.ts";
import { type RestartsReport, restarts } from "./restarts.ts";

interface Arguments {
  readonly times: number;
  readonly visitors: number;
  readonly plain?: true;
  readonly upgrades?: true;
  readonly here?: true;
  readonly json?: true;
}

export function addRestarts(program: Command): void {
  program
    .command("restarts")
    .description(
      "planned restarts of every tier of a whole site on two boxes, and reloads, while visitors fetch pages and send" +
        " forms: none may fail, and each form be kept once. About 7 minutes.",
    )
    .option("--times <n>", "restarts of each tier", wholePositive, 20)
    .option("--visitors <n>", "visitors at once", wholePositive, 8)
    .option("--upgrades", "upgrades of a site that 'tandem up' runs, in place of the restarts")
    .option("--plain", "without TLS at the edge and between the tiers")
    .option("--here", "in the machine's own network, where that can be no other")
    .option("--json", "the report as JSON")
    .action(async (options: Arguments) => {
      if (options.here === undefined) {
        const obstacle = enterOwnNetwork();
        return program.error(`error: no network of its own: ${obstacle}. --here does without.`);
      }
      const tls = options.plain === undefined;
      const kinds = options.upgrades && (["upgrade"] as const);
      const report = await restarts({ ...options, ...(kinds && { kinds }), tls, progress });
      progressEnd();
      console.log(options.json ? JSON.stringify(report, undefined, 2) : words(report));
      process.exitCode = report.failures.length === 0 ? 0 : 1;
    });
}

function words({ tls, kinds, lost, doubled, failures }: RestartsReport): string {
  const rows = kinds.map(
    ({ kind, times, gets, posts, failed, moved }) =>
      `${kind.padEnd(10)} ${String(times).padStart(4)} times  ${String(gets).padStart(6)} GETs  ${String(posts).padStart(6)} POSTs  ${String(failed.length).padStart(3)} failed  ${String(moved).padStart(4)} went to the other balancer`,
  );
  const complaints = kinds.flatMap(({ kind, failed }) =>
    failed.slice(0, 5).map((why) => `  ${kind}: ${why}`),
  );
  return [
    tls ? "TLS at the edge, and mutual between the tiers" : "without TLS",
    ...rows,
    `POSTs that were answered: ${lost} not kept, ${doubled} kept twice`,
    ...complaints,
    failures.length === 0 ? "passed" : `FAILED: ${failures.join("; ")}`,
  ].join("\n");
}
