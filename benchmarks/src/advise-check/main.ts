// npm run advise-check: does the real stack do what `tandem lab advise` predicts? Three sites on loopback, in some three
// minutes: a real balancer, servers whose work is waiting, and an open loop of requests.
import { join } from "node:path";
import { Command } from "commander";
import { wholePositive } from "../arguments.ts";
import { runMain } from "../process/run-main.ts";
import { temporaryFolder } from "../process/temporary-folder.ts";
import { progress, progressEnd } from "../report/progress.ts";
import { checkSite, type SiteReport } from "./check-site.ts";
import { holds, tableOf } from "./check-table.ts";
import { SITES } from "./sites.ts";

interface Options {
  readonly quiet: number;
  readonly busy: number;
  readonly seed: number;
  readonly site?: number;
  readonly json?: true;
}

const program = new Command("npm run advise-check --")
  .description("Holds the predictions of `tandem lab advise` against a real balancer under load.")
  .option("--quiet <seconds>", "how long the log is that the adviser gets", wholePositive, 25)
  .option("--busy <seconds>", "how long the predicted load is measured", wholePositive, 35)
  .option("--seed <n>", "of the requests", wholePositive, 1)
  .option("--site <n>", `only this one of ${SITES.length}`, wholePositive)
  .option("--json", "the report as JSON")
  .addHelpText(
    "after",
    "\nThe exit code is 0 whatever was measured: a busy machine is no fault of the adviser.",
  );

async function main(): Promise<number> {
  const options = program.parse().opts<Options>();
  const chosen = SITES.filter((_, i) => options.site === undefined || options.site === i + 1);
  if (chosen.length === 0)
    program.error(`error: --site ${options.site}: expected 1 to ${SITES.length}`);
  using folder = temporaryFolder("advise-check");
  const reports: SiteReport[] = [];
  for (const [i, site] of chosen.entries()) {
    const { quiet: quietSeconds, busy: busySeconds, seed } = options;
    const own = { quietSeconds, busySeconds, seed: seed + i, folder: join(folder.path, String(i)) };
    reports.push(await checkSite(site, { ...own, progress }));
  }
  progressEnd();
  if (options.json) console.log(JSON.stringify(reports, undefined, 2));
  else {
    console.log(reports.flatMap(tableOf).join("\n"));
    const lines = reports.flatMap((report) => report.lines);
    console.log(
      `${lines.filter(holds).length} of ${lines.length} within the predicted range of one run.`,
    );
  }
  return 0;
}

await runMain(main);
