// Defines the command `npm run soak -- outages`.
import type { Command } from "commander";
import { onPath } from "../process/on-path.ts";
import { enterOwnNetwork } from "../process/own-network.ts";
import { progress, progressEnd } from "../report/progress.ts";
import { type OutagesReport, outages } from "./outages.ts";

interface Arguments {
  readonly plain?: true;
  readonly here?: true;
  readonly json?: true;
}

export function addOutages(program: Command): void {
  program
    .command("outages")
    .description(
      "kills, stops and freezes each thing behind a balancer of a whole site: how long until tandem status says so and" +
        " why, its exit code, and what pages and files are answered meanwhile. Needs MariaDB; about 3 minutes.",
    )
    .option("--plain", "without TLS at the edge and between the tiers")
    .option("--here", "in the machine's own network, where that can be no other")
    .option("--json", "the report as JSON")
    .action(async (options: Arguments) => {
      if (onPath("mariadbd") === undefined)
        return program.error("error: mariadbd (package mariadb-server) is missing");
      if (options.here === undefined) {
        const obstacle = enterOwnNetwork();
        return program.error(`error: no network of its own: ${obstacle}. --here does without.`);
      }
      const report = await outages({ tls: options.plain === undefined, progress });
      progressEnd();
      console.log(options.json ? JSON.stringify(report, undefined, 2) : words(report));
      process.exitCode = report.failures.length === 0 ? 0 : 1;
    });
}

function words({ outages: all, failures }: OutagesReport): string {
  const rows = all.flatMap(({ what, noticedMs, health, exitCode, page, file, why }) => [
    `${what.padEnd(30)} said after ${String(noticedMs).padStart(5)} ms: ${health}, exit ${exitCode}; page ${page}, file ${file}`,
    `    ${why}`,
  ]);
  return [...rows, failures.length === 0 ? "passed" : `FAILED: ${failures.join("; ")}`].join("\n");
}
