// tandem-webserver: the web tier of one box as a process.
import { hostname } from "node:os";
import { loadUpstreamAlgorithms, openUpstream } from "@tandem/balancer/backend";
import { type Config, ConfigError, loadForBox, type WebserverConfig } from "@tandem/config";
import { checkTelemetry, openTelemetry, quietTelemetry } from "@tandem/telemetry";
import {
  systemClock as clock,
  complaintOf,
  Deadlines,
  runCheck,
  runService,
} from "@tandem/transport";
import { Command } from "commander";
import { checkWebserver, Webserver, type WebserverOptions } from "./index.ts";

interface Options {
  readonly config: string;
  readonly box?: string;
  readonly check?: boolean;
  readonly sharePorts?: boolean;
}

async function run({ config: file, box: wanted, check, sharePorts }: Options): Promise<void> {
  const { config, box } = loadForBox(file, wanted, hostname());
  const { webserver, telemetry } = config;
  if (webserver === undefined) throw new Error(`${file}: no 'webserver' section`);
  if (check === true) {
    const quiet = quietTelemetry(telemetry);
    await runCheck(async () => [
      ...(await complaintOf(() => checkTelemetry(telemetry))),
      ...(await checkWebserver(webserver, () =>
        open({ config, webserver, box, telemetry: quiet }),
      )),
    ]);
  }
  const options = await open({ config, webserver, box, telemetry });
  const service = new Webserver({ ...options, sharePorts });
  await runService(service, {
    drainMs: webserver.drain,
    ...{ logger: options.telemetry.logger, sharePorts },
    addresses: () => service.addresses(),
    inFlight: () => service.inFlight,
    close: () => options.telemetry.close(),
  });
}

async function open({
  config,
  webserver: { upstream: backend },
  box,
  telemetry: written,
}: {
  readonly config: Config;
  readonly webserver: WebserverConfig;
  readonly box: string;
  readonly telemetry: Parameters<typeof openTelemetry>[0];
}) {
  const deadlines = new Deadlines(clock);
  const telemetry = openTelemetry(written, { tier: "webserver", box }, clock);
  const { logger } = telemetry;
  const customs = backend && (await loadUpstreamAlgorithms("app", backend));
  const environment = { box, clock, deadlines, logger, ...(customs && { customs }) };
  const upstream = backend && openUpstream("app", backend, environment);
  return { config, box, upstream, telemetry, clock, deadlines } satisfies WebserverOptions;
}

/** Writes the error and exits: with 2 when the configuration file is wrong, with 1 for any other failure. */
function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(error instanceof ConfigError ? 2 : 1);
}

/** Returns the command with its options. */
export function webserverProgram(): Command {
  return new Command("tandem-webserver")
    .description("serve static files, and forward the rest to the application tier")
    .requiredOption("--config <file>", "tandem.yaml")
    .option(
      "--box <name>",
      "which of cluster.boxes this is (default: the only one, or the host name)",
    )
    .option("--check", "open what a start would, say what would stop it, and exit")
    .option("--share-ports", "start also where another process listens on the same port")
    .addHelpText(
      "after",
      "\nExample:\n  tandem-webserver --config examples/www.foobar.com/tandem.yaml --box box1\n",
    )
    .showHelpAfterError()
    .action(run);
}

/** Runs the program with the command line `argv`. */
export async function main(argv: readonly string[]): Promise<void> {
  await webserverProgram().parseAsync(argv).catch(fail);
}
