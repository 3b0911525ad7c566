#!/usr/bin/env node
// tandem-balancer: the load balancer of one box, as a process of its own.
import { hostname } from "node:os";
import { ConfigError, loadConfig } from "@tandem/config";
import { openTelemetry } from "@tandem/telemetry";
import { runService, systemClock, systemRng } from "@tandem/transport";
import { Command } from "commander";
import { ControlPlane } from "../src/control/control-plane.ts";

const program = new Command("tandem-balancer")
  .description("Terminates TLS and spreads requests over the servers of tandem.yaml's backends.")
  .requiredOption("--config <file>", "the tandem.yaml to read")
  .option("--box <name>", "which box of the file this machine is; its host name when absent")
  .addHelpText(
    "before",
    "Example:\n  tandem-balancer --config /etc/tandem/tandem.yaml --box box1\n",
  )
  .parse();
const options = program.opts<{ config: string; box?: string }>();
const { config: file, box = hostname() } = options;

async function main(): Promise<void> {
  const config = loadConfig(file, options.box === undefined ? {} : { box });
  if (config.balancer === undefined) {
    process.stderr.write(`${file}: no 'balancer' section, so there is nothing to run here\n`);
    process.exit(2);
  }
  const telemetry = openTelemetry(config.telemetry, { tier: "balancer", box }, systemClock);
  const service = new ControlPlane({
    config: config.balancer,
    telemetry: config.telemetry,
    box,
    clock: systemClock,
    rng: systemRng,
    logger: telemetry.logger,
    registry: telemetry.registry,
  });
  await runService(service, {
    drainMs: config.balancer.drain,
    logger: telemetry.logger,
    addresses: () => service.addresses,
    close: () => telemetry.close(),
  });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(error instanceof ConfigError ? 2 : 1);
}
