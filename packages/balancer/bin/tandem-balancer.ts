#!/usr/bin/env node
// tandem-balancer: the load balancer of one box, as a process of its own.
import { hostname } from "node:os";
import { isDeepStrictEqual } from "node:util";
import { type BalancerConfig, ConfigError, loadForBox } from "@tandem/config";
import { checkTelemetry, openTelemetry } from "@tandem/telemetry";
import { complaintOf, runCheck, runService, systemClock, systemRng } from "@tandem/transport";
import { Command } from "commander";
import { checkBalancer } from "../src/control/check.ts";
import { collectSeldom } from "../src/control/collect-seldom.ts";
import { ControlPlane } from "../src/control/control-plane.ts";

const program = new Command("tandem-balancer")
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
  .parse();
const options = program.opts<{
  readonly config: string;
  readonly box?: string;
  readonly check?: boolean;
  readonly sharePorts?: boolean;
}>();
const { config: file } = options;

class NothingToRun extends Error {}

function read() {
  const { config, box } = loadForBox(file, options.box, hostname());
  const { site, balancer, telemetry } = config;
  if (balancer === undefined)
    throw new NothingToRun(`${file}: no 'balancer' section, so there is nothing to run here`);
  return { site, balancer, telemetry, box };
}

async function main(): Promise<void> {
  const config = read();
  const { box } = config;
  if (options.check === true) {
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
      const next = read();
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
    reload: () => service.reload(),
    close: () => telemetry.close(),
  });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(error instanceof ConfigError || error instanceof NothingToRun ? 2 : 1);
}
