#!/usr/bin/env node
// tandem-webserver: the web tier of one box as a process.
import { loadUpstreamAlgorithms, openUpstream } from "@tandem/balancer/backend";
import { ConfigError, loadConfig } from "@tandem/config";
import { openTelemetry } from "@tandem/telemetry";
import { Deadlines, runService, systemClock } from "@tandem/transport";
import { Command } from "commander";
import { Webserver } from "../src/index.ts";

interface Options {
  readonly config: string;
  readonly box: string;
}

async function run({ config: file, box }: Options): Promise<void> {
  const config = loadConfig(file, { box });
  if (config.webserver === undefined) throw new Error(`${file}: no 'webserver' section`);
  const clock = systemClock;
  const deadlines = new Deadlines(clock);
  const telemetry = openTelemetry(config.telemetry, { tier: "webserver", box }, clock);
  const { logger } = telemetry;
  const { upstream: backend, drain } = config.webserver;
  const customs = backend && (await loadUpstreamAlgorithms("app", backend));
  const environment = { box, clock, deadlines, logger, ...(customs && { customs }) };
  const upstream = backend && openUpstream("app", backend, environment);
  const webserver = new Webserver({ config, box, upstream, telemetry, clock, deadlines });
  await runService(webserver, {
    drainMs: drain,
    logger,
    addresses: () => webserver.addresses(),
    close: () => telemetry.close(),
  });
}

/** Exit 2 means the file is wrong, 1 means the world is. */
function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(error instanceof ConfigError ? 2 : 1);
}

await new Command("tandem-webserver")
  .description("serve static files, and forward the rest to the application tier")
  .requiredOption("--config <file>", "tandem.yaml")
  .requiredOption("--box <name>", "which of cluster.boxes this is")
  .addHelpText(
    "after",
    "\nExample:\n  tandem-webserver --config examples/www.foobar.com/tandem.yaml --box box1\n",
  )
  .showHelpAfterError()
  .action(run)
  .parseAsync()
  .catch(fail);
