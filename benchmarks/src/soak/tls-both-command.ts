// Defines the command `npm run soak -- tls-both`.
import type { Command } from "commander";
import { wholePositive } from "../arguments.ts";
import { mebibytes } from "../report/format.ts";
import { progressEnd, progressSeldom } from "../report/progress.ts";
import { type TlsBothReport, tlsBoth } from "./tls-both.ts";

interface Arguments {
  readonly answers: number;
  readonly threads?: number;
  readonly json?: true;
}

export function addTlsBoth(program: Command): void {
  program
    .command("tls-both")
    .description(
      "bodies of 20 bytes to 20 MB over TLS on both sides, down and up, slow and quick, on the same kept connections," +
        " with reloads and retries in the middle: none may hang or fail. About a minute.",
    )
    .option("--answers <n>", "for each number of threads", wholePositive, 10_000)
    .option("--threads <n>", "data threads; when absent one, and then two", wholePositive)
    .option("--json", "the reports as JSON")
    .action(async ({ answers, threads: only, json }: Arguments) => {
      const reports: TlsBothReport[] = [];
      for (const threads of only === undefined ? [1, 2] : [only]) {
        const report = await tlsBoth({ answers, threads, progress: progressSeldom });
        progressEnd();
        reports.push(report);
        if (!json) console.log(words(report));
      }
      if (json) console.log(JSON.stringify(reports, undefined, 2));
      process.exitCode = reports.every(({ failures }) => failures.length === 0) ? 0 : 1;
    });
}

function words(report: TlsBothReport): string {
  const { threads, answers, bytes, seconds, hangs, errors, retries, reloads, failures } = report;
  return [
    `${threads} data thread${threads === 1 ? "" : "s"}: ${answers} answers, ${mebibytes(bytes)} in ${seconds.toFixed(0)} s,` +
      ` ${hangs} hung, ${errors.length} failed, ${retries} tried again, ${reloads} reloads`,
    ...errors.slice(0, 10).map((why) => `  ${why}`),
    failures.length === 0 ? "passed" : `FAILED: ${failures.join("; ")}`,
  ].join("\n");
}
