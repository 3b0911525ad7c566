// tandem-balancer: the load balancer of one box, as a process of its own.
import { hostname } from "node:os";
import { isDeepStrictEqual } from "node:util";
import { type BalancerConfig, ConfigError, loadForBox } from "@tandem/config";
import { checkTelemetry, openTelemetry } from "@tandem/telemetry";
import { complaintOf, runCheck, runService, systemClock, systemRng } from "@tandem/transport";
import { Command } from "commander";
import { collectSeldom } from "./control/collect-seldom.ts";
import { ControlPlane } from "./control/control-plane.ts";

interface Options {
  readonly config: string;
  readonly box?: string;
  readonly check?: boolean;
  readonly sharePorts?: boolean;
}

class NothingToRun extends Error {}

function read({ config: file, box: wanted }: Options) {
  const { config, box } = loadForBox(file, wanted, hostname());
  const { site, balancer, telemetry } = config;
  if (balancer === undefined)
    throw new NothingToRun(`${file}: no 'balancer' section, so there is nothing to run here`);
  return { site, balancer, telemetry, box };
}

async function run(options: Options): Promise<void> {
  const config = read(options);
  const { box } = config;
  if (options.check === true) {
    const { checkBalancer } = await import("./control/check.ts");
    await runCheck(async () => [
      ...(await complaintOf(() => checkTelemetry(config.telemetry))),
      ...(await checkBalancer(config.balancer, box)),
    ]);
  }
  collectSeldom();
  const telemetry = openTelemetry(config.telemetry, { tier: "balancer", box }, systemClock);
  const service = new ControlPlane({
    config: config.balancer,
    telemetry: config.telemetry,
    site: config.site,
    box,
    clock: systemClock,
    rng: systemRng,
    logger: telemetry.logger,
    registry: telemetry.registry,
    sharePorts: options.sharePorts,
    reread: (): BalancerConfig => {
      const next = read(options);
      if (!isDeepStrictEqual(next.telemetry, config.telemetry))
        telemetry.logger.warn({}, "the 'telemetry' section has changed; that needs a restart");
      return next.balancer;
    },
  });
  await runService(service, {
    get drainMs() {
      return service.drainMs;
    },
    logger: telemetry.logger,
    addresses: () => service.addresses,
    inFlight: () => service.inFlight,
    reload: () => service.reload(),
    close: () => telemetry.close(),
  });
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
