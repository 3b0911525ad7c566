// tandem status: shows the processes of this machine, and the state of everything that a request passes (backends,
// application, database, …).
import { resolve } from "node:path";
import { type Config, ConfigError, loadConfig, probableState } from "@tandem/config";
import { systemClock } from "@tandem/transport";
import { Command } from "commander";
import { askBalancer } from "../admin-status.ts";
import { exitCodeLine } from "../refusal.ts";
import { liveRuns } from "../run-file.ts";
import { judge } from "../site-health.ts";
import { claimOf, foreignWords, ownState, stateRuns } from "../state-owner.ts";
import { boxesOf, reachable } from "../topology.ts";
import { examples, type SiteOptions, withSiteOptions } from "./options.ts";
import { statusText, tierTable } from "./status-text.ts";
import { print, printJson } from "./terminal.ts";

const EXIT_CODES = { healthy: 0, unknown: 1, degraded: 1, down: 2 } as const;

interface StatusOptions extends SiteOptions {
  readonly json?: boolean;
}

export function statusCommand(): Command {
  return withSiteOptions(new Command("status"))
    .description("what runs here, and the state of every link from the balancer to the database")
    .addHelpText(
      "before",
      examples(
        ["status --config site.yaml", "for a person"],
        ["status --config site.yaml --json", "for a script"],
      ),
    )
    .option("--json", "report as JSON, in the shape of docs/operations/monitoring.md")
    .addHelpText("after", exitCodeLine("status"))
    .action(status);
}

async function status(options: StatusOptions): Promise<void> {
  const config = loadOrTell(options);
  boxesOf(config, options.config, options.box); // refuses a box that is not in the file
  const claim = claimOf(config, options.config);
  const { own: runs, foreign: other } = stateRuns(claim, options.box);
  const foreign = other && `${foreignWords(other, claim)}; ${ownState(claim)}`;
  const admin = adminOf(config, options.box);
  const { site } = config;
  const answer =
    admin === undefined ? undefined : await askBalancer(admin, { site, box: options.box });
  const { balancer, stranger } = answer ?? {};
  const { health, problems } = judge({ runs, balancer, stranger, foreign, admin });
  const at = new Date(systemClock.wall()).toISOString();
  const { links, servers } = balancer ?? {};
  if (options.json)
    printJson({
      version: 1,
      ...{ site, at, health, problems, links, servers, admin },
      boxes: runs,
    });
  else print(statusText({ site, at, health, problems, runs, balancer }));
  process.exitCode = EXIT_CODES[health];
}

/**
 * Loads the file. When the file is no longer valid, first lists the processes that still run from it, and then throws
 * the error.
 */
function loadOrTell({ config: file, box, json }: StatusOptions): Config {
  try {
    return loadConfig(file);
  } catch (error) {
    if (error instanceof ConfigError && json !== true) tellRuns(file, box);
    throw error;
  }
}

function tellRuns(file: string, box: string | undefined): void {
  const state = probableState(file, box === undefined ? {} : { box });
  if (state === undefined) return;
  const at = new Date(systemClock.wall()).toISOString();
  const runs = liveRuns(state).filter((run) => run.config === resolve(file));
  for (const { pid, site, since } of new Map(runs.map((run) => [run.pid, run])).values())
    print(
      `process ${pid} runs ${site ?? "this site"} as the file was at its start, ${since}, or at its last reload; kill ${pid} drains and stops it`,
    );
  const tiers = runs.flatMap((run) => run.tiers);
  if (tiers.length > 0) print(`\n${tierTable(tiers, at).join("\n")}\n`);
}

/**
 * Returns the admin address of this machine's balancer. Undefined when no balancer should run here, or when the
 * balancer has no admin port.
 */
function adminOf({ balancer, cluster }: Config, box: string | undefined): string | undefined {
  const boxes = Object.entries(cluster.boxes).filter(([name]) => (box ?? name) === name);
  const expected = boxes.length === 0 || boxes.some(([, described]) => described.balancer === true);
  const bind = balancer?.admin?.bind;
  return bind === undefined || !expected ? undefined : reachable(bind);
}
