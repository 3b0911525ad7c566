// tandem-appserver: runs the application tier of one box, and prepares its database.
import { enableCompileCache } from "node:module";
import { hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { AppserverConfig, Config } from "@tandem/config";
import { ConfigError, loadForBoxApart } from "@tandem/config/apart";
import { checkTelemetry, openTelemetry, quietTelemetry } from "@tandem/telemetry";
import { complaintOf, runCheck, runService, startThread, systemClock } from "@tandem/transport";
import { Command } from "commander";
import { offerHostModule } from "./host-module.ts";
import {
  checkAppserver,
  createAppserver,
  ensureSessionSecret,
  loadApplication,
  type MigrationReport,
  migrate,
  openDatabase,
} from "./index.ts";

interface Options {
  readonly config: string;
  readonly box?: string;
}

/**
 * Keeps what Node makes of the application's modules in the state folder. Without the cache, each start strips the types
 * of TypeScript again, and the program that does it occupies 20 MB until the process ends. `tandem prepare` fills the
 * cache, because it runs the migrations. When the folder cannot be written, the start works without a cache.
 */
function cacheModules({ state }: Config): void {
  enableCompileCache(join(state, "modules"));
}

const load = ({ config: file, box }: Options) =>
  loadForBoxApart({ file, box, hostname: hostname() }, startThread);

async function run(
  options: Options & { readonly check?: boolean; readonly sharePorts?: boolean },
): Promise<void> {
  const { config, box } = await load(options);
  if (config.appserver === undefined) throw new Error(`${options.config}: no 'appserver' section`);
  if (options.check === true) await check(options, config.appserver);
  const telemetry = openTelemetry(config.telemetry, { tier: "appserver", box }, systemClock);
  const { logger, accessLog, registry } = telemetry;
  cacheModules(config);
  const application = await loadApplication(config.appserver.app, systemClock);
  const appserver = createAppserver({
    ...{ config, box, application, logger, accessLog, registry },
    folder: dirname(resolve(options.config)),
    clock: systemClock,
    sharePorts: options.sharePorts,
  });
  await runService(appserver, {
    drainMs: config.appserver.drain,
    ...{ logger, sharePorts: options.sharePorts },
    addresses: () => appserver.addresses(),
    close: () => telemetry.close(),
  });
}

async function check(options: Options, tier: AppserverConfig): Promise<never> {
  const { config, box } = await load(options);
  const quiet = quietTelemetry(config.telemetry);
  const telemetry = openTelemetry(quiet, { tier: "appserver", box }, systemClock);
  const { logger, accessLog, registry } = telemetry;
  const folder = dirname(resolve(options.config));
  const given = { config, box, folder, logger, accessLog, registry, clock: systemClock };
  return runCheck(async () => [
    ...(await complaintOf(() => checkTelemetry(config.telemetry))),
    ...(await checkAppserver(tier, given)),
  ]);
}

interface MigrateOptions extends Options {
  readonly seed?: boolean;
  readonly json?: boolean;
}

async function runMigrate(options: MigrateOptions): Promise<void> {
  const { config } = await load(options);
  const { appserver } = config;
  if (appserver === undefined) throw new Error(`${options.config}: no 'appserver' section`);
  const { secretFile } = appserver.sessions;
  const secretCreated = ensureSessionSecret(secretFile);
  cacheModules(config);
  const application = await loadApplication(appserver.app, systemClock);
  // The pool needs at least two connections: one holds the lock that keeps other processes from migrating, and the
  // other migrates. Statements have no time limit, because a slow ALTER TABLE is not a failure.
  const pool = Math.max(2, appserver.database.pool);
  const database = await openDatabase({ ...appserver.database, pool }, { queryTimeoutMs: 0 });
  try {
    const seed = options.seed === true;
    const report = await migrate(database, application, { seed, now: systemClock.wall() });
    const text = options.json ? JSON.stringify({ ...report, secretCreated }) : describe(report);
    process.stdout.write(`${text}\n`);
    if (secretCreated && !options.json) process.stdout.write(`created ${secretFile}\n`);
  } finally {
    await database.close();
  }
}

function describe({ database, applied, ahead, seeded }: MigrationReport): string {
  const rows = Object.entries(seeded).map(([table, count]) => `${count} ${table}`);
  return [
    applied.length === 0
      ? `${database}: ${ahead.length === 0 ? "nothing to migrate" : "is ahead of this code"}`
      : `${database}: applied ${applied.length}`,
    ...applied.map((name) => `  ${name}`),
    ...(ahead.length === 0
      ? []
      : [
          `  newer code has applied ${ahead.join(", ")}; this code does not know these migrations, and leaves them`,
        ]),
    ...(rows.length === 0 ? [] : [`  seeded ${rows.join(", ")}`]),
  ].join("\n");
}

/**
 * Prints the error and its causes. Then exits with 2 when the configuration file is wrong, and with 1 after any other
 * failure.
 */
function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  for (let cause = (error as Error).cause; cause instanceof Error; cause = cause.cause) {
    process.stderr.write(`  because: ${cause.message}\n`);
  }
  process.exit(error instanceof ConfigError ? 2 : 1);
}

const WHICH_BOX =
  "which of cluster.boxes this machine is (default: the only one, or the host name)";

/** Returns the command with its subcommands. */
export function appserverProgram(): Command {
  const program = new Command("tandem-appserver")
    .description("the application tier of a Tandem box")
    .addHelpText(
      "after",
      "\nWithout a command: tandem-appserver --config FILE --box NAME hosts the application.",
    )
    .showHelpAfterError();
  program
    .command("run", { isDefault: true })
    .description("host the application until SIGTERM")
    .requiredOption("--config <file>", "tandem.yaml")
    .option("--box <name>", WHICH_BOX)
    .option("--check", "open what a start opens, report what would stop a start, and exit")
    .option("--share-ports", "start also where another process listens on the same port")
    .action(run);
  program
    .command("migrate")
    .description(
      "bring the database to the schema the application expects, and create what is missing",
    )
    .requiredOption("--config <file>", "tandem.yaml")
    .option("--box <name>", WHICH_BOX)
    .option("--seed", "also fill an empty database with the application's first content")
    .option("--json", "report as JSON")
    .action(runMigrate);
  return program;
}

/** Runs the program with the command line `argv`. */
export async function main(argv: readonly string[]): Promise<void> {
  // Unless NODE_ENV is "production", Express and other frameworks write the stack of an error into the answer.
  process.env.NODE_ENV ??= "production";
  offerHostModule();
  await appserverProgram().parseAsync(argv).catch(fail);
}
