// tandem-balancer: the load balancer of one box, as a process of its own.
import { hostname } from "node:os";
import { ConfigError, loadForBoxApart } from "@tandem/config/apart";
import { startThread } from "@tandem/transport";
import { Command } from "commander";

interface Options {
  readonly config: string;
  readonly box?: string;
  readonly check?: boolean;
  readonly sharePorts?: boolean;
}

class NothingToRun extends Error {}

async function read({ config: file, box: wanted }: Options) {
  const request = { file, box: wanted, hostname: hostname() };
  const { config, box } = await loadForBoxApart(request, startThread);
  const { site, balancer, telemetry } = config;
  if (balancer === undefined)
    throw new NothingToRun(`${file}: no 'balancer' section, so there is nothing to run here`);
  return { site, balancer, telemetry, box };
}

async function run(options: Options): Promise<void> {
  // The modules of the balancer are loaded while another thread reads the file.
  const [settings, { checkAndExit, runBalancer }] = await Promise.all([
    read(options),
    import("./control/run.ts"),
  ]);
  if (options.check === true) await checkAndExit(settings);
  await runBalancer({ settings, read: () => read(options), sharePorts: options.sharePorts });
}

/** Writes the error and exits: with 2 when the configuration is wrong, with 1 for any other failure. */
function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(error instanceof ConfigError || error instanceof NothingToRun ? 2 : 1);
}

/** Returns the command with its options. */
export function balancerProgram(): Command {
  return new Command("tandem-balancer")
    .description("Terminates TLS and spreads requests over the servers of tandem.yaml's backends.")
    .requiredOption("--config <file>", "the tandem.yaml to read")
    .option(
      "--box <name>",
      "which of cluster.boxes this is (default: the only one, or the host name)",
    )
    .option("--check", "open what a start would, say what would stop it, and exit")
    .option("--share-ports", "start also where another process listens on the same ports")
    .addHelpText(
      "before",
      "Example:\n  tandem-balancer --config /etc/tandem/tandem.yaml --box box1\n",
    )
    .addHelpText("after", "\nSIGHUP reads the file again; SIGTERM drains and stops.")
    .action(run);
}

/** Runs the program with the command line `argv`. The promise may outlive the start: it settles after the drain. */
export async function main(argv: readonly string[]): Promise<void> {
  await balancerProgram().parseAsync(argv).catch(fail);
}
