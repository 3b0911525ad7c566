// Parses the command line of `npm run bench`.
import { Command, Option } from "commander";
import { positive, wholePositive, writable } from "./arguments.ts";
import { GENERATORS } from "./load/generators.ts";
import { WORKLOADS } from "./workloads/workloads.ts";

export interface Options {
  readonly quick?: true;
  readonly workload?: readonly string[];
  readonly peer?: readonly string[];
  readonly mode: "saturating" | "fixed-rate";
  readonly rate?: number;
  readonly generator: string;
  readonly rounds?: number;
  readonly seconds?: number;
  readonly json?: string;
  readonly html?: string;
  readonly compare?: string;
  readonly together?: true;
  readonly footprint?: true;
  readonly install?: true;
}

const EXAMPLES = `
Examples:
  npm run bench -- --quick
  npm run bench -- --workload small-keepalive --peer tandem haproxy nginx --html report.html
  npm run bench -- --compare HEAD~5 --peer tandem --workload small-keepalive 1MiB
  npm run bench -- --compare HEAD~5 --together --peer tandem --workload small-keepalive
  npm run bench -- --mode fixed-rate --rate 2000 --json result.json
  npm run dist && npm run bench -- --footprint

What is measured, and what the figures do not say: docs/benchmarks/method.md
`;

/**
 * Parses `argv`. For `--help` or an invalid option, Commander prints the help or an error and
 * exits. `peers` are the names that `--peer` accepts.
 */
export function parseOptions(argv: readonly string[], peers: readonly string[]): Options {
  const workloads = WORKLOADS.map(({ name }) => name);
  const command = new Command("npm run bench --")
    .description("Measures Tandem's balancer and its peers on this machine, in turns.")
    .option("--quick", "three workloads in short rounds: about 3 minutes")
    .addOption(new Option("--workload <names...>", "only these").choices(workloads))
    .addOption(new Option("--peer <names...>", "only these").choices(peers))
    .addOption(
      new Option("--mode <mode>", "as fast as answers come, or a rate whatever happens")
        .choices(["saturating", "fixed-rate"])
        .default("saturating"),
    )
    .option("--rate <n>", "requests per second of fixed-rate; each workload has its own", positive)
    .addOption(
      new Option("--generator <name>", "what makes the load, where it can")
        .choices(GENERATORS.map(({ name }) => name))
        .default("autocannon"),
    )
    .option("--rounds <n>", "measurements of each peer (15; quick: about 10)", wholePositive)
    .option("--seconds <n>", "length of a measurement (1; quick: 0.4)", positive)
    .option("--json <file>", "write the results for programs", writable)
    .option("--html <file>", "write a page with plots", writable)
    .option("--compare <rev>", "another revision of Tandem as one more peer, tandem@<rev>")
    .option(
      "--together",
      "load all peers at once on one core: the closest ratios between revisions of one proxy",
    )
    .option("--footprint", "start-up times, idle memory and sizes instead of requests")
    .option("--install", "install nginx, Caddy, HAProxy, wrk and h2load from Debian, then stop")
    .addHelpText("after", EXAMPLES)
    .parse([...argv], { from: "user" });
  const options = command.opts<Options>();
  if (options.rate !== undefined && options.mode !== "fixed-rate")
    command.error("error: --rate belongs to --mode fixed-rate");
  return options;
}
