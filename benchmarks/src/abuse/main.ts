// npm run abuse: what do floods of HTTP/2 do to the proxy, and to the normal clients beside them?
import { writeFileSync } from "node:fs";
import { Command, Option } from "commander";
import { positive, wholePositive, writable } from "../arguments.ts";
import { runMain } from "../process/run-main.ts";
import { progress, progressEnd } from "../report/progress.ts";
import { type AbuseReport, abuse } from "./abuse.ts";
import { abuseTable } from "./abuse-table.ts";
import { FLOODS } from "./floods.ts";
import { idleSessions, MOST_IDLE_BYTES } from "./idle.ts";
import { missing, STANDS, type StandName } from "./stand.ts";

interface Arguments {
  readonly flood?: readonly string[];
  readonly peer?: readonly StandName[];
  readonly seconds: number;
  readonly connections: number;
  readonly idle?: number;
  readonly json?: string;
}

const names = FLOODS.map(({ name }) => name);
const list = FLOODS.map(({ name, what }) => `  ${name.padEnd(20)} ${what}`).join("\n");

const program = new Command("npm run abuse --")
  .description(
    "Runs every known flood of HTTP/2 against the balancer on loopback, each for some seconds, and measures what normal" +
      " clients of HTTP/1.1 and HTTP/2 wait meanwhile. Exit code 1: a flood did harm, or its sessions were not ended.",
  )
  .addOption(new Option("--flood <name...>", "only these; all when absent").choices(names))
  .addOption(
    new Option("--peer <name...>", "the proxies under attack; when absent tandem").choices(STANDS),
  )
  .option("--seconds <n>", "how long each attack is, and the quiet time before it", positive, 3)
  .option("--connections <n>", "hostile connections at once", wholePositive, 10)
  .option("--idle <n>", "no flood: the memory of so many idle sessions", wholePositive)
  .option("--json <file>", "write the report as JSON", writable)
  .addHelpText("after", `\nFloods:\n${list}`);

/** Measures idle sessions of each proxy. Returns 1 when one of Tandem's takes more than it may. */
async function idle(sessions: number, proxies: readonly StandName[]): Promise<number> {
  let code = 0;
  for (const proxy of proxies) {
    progress(`${proxy}: ${sessions} idle sessions`);
    const { bytesEach } = await idleSessions(proxy, sessions);
    progressEnd();
    const tooMuch = proxy === "tandem" && bytesEach > MOST_IDLE_BYTES;
    console.log(`${proxy}: ${sessions} idle sessions, ${(bytesEach / 1024).toFixed(1)} KiB each`);
    if (tooMuch) console.log(`  FAILED: more than ${MOST_IDLE_BYTES / 1024} KiB`);
    if (tooMuch) code = 1;
  }
  return code;
}

await runMain(async () => {
  program.parse();
  const options = program.opts<Arguments>();
  if (options.idle !== undefined) return idle(options.idle, options.peer ?? ["tandem"]);
  const floods = FLOODS.filter(({ name }) => options.flood?.includes(name) ?? true);
  const reports: AbuseReport[] = [];
  for (const proxy of options.peer ?? ["tandem"]) {
    const why = missing(proxy);
    if (why !== undefined) return program.error(`error: ${proxy}: ${why}`);
    reports.push(await abuse({ ...options, proxy, floods, progress }));
  }
  progressEnd();
  for (const report of reports) console.log(abuseTable(report).join("\n"));
  if (options.json !== undefined)
    writeFileSync(options.json, JSON.stringify(reports, undefined, 2));
  const own = reports.filter(({ proxy }) => proxy === "tandem");
  return own.every((report) => report.floods.every((one) => one.failures.length === 0)) ? 0 : 1;
});
