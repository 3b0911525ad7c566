// tandem status: what runs on this machine, and how the whole way of a request does.
import { type Config, loadConfig } from "@tandem/config";
import { systemClock } from "@tandem/transport";
import { Command } from "commander";
import { askBalancer } from "../admin-status.ts";
import { liveRuns } from "../run-file.ts";
import { judge } from "../site-health.ts";
import { boxesOf, reachable } from "../topology.ts";
import { examples, type SiteOptions, withSiteOptions } from "./options.ts";
import { statusText } from "./status-text.ts";
import { print, printJson } from "./terminal.ts";

const EXIT_CODES = { healthy: 0, unknown: 1, degraded: 1, down: 2 } as const;

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
    .addHelpText(
      "after",
      "\nExit code: 0 healthy, 1 degraded or unknown, 2 down (or a faulty file).",
    )
    .action(status);
}

async function status(options: SiteOptions & { readonly json?: boolean }): Promise<void> {
  const config = loadConfig(options.config);
  boxesOf(config, options.config, options.box); // refuses one that is not there
  const runs = liveRuns(config.state).filter(({ box }) => (options.box ?? box) === box);
  const admin = adminOf(config, options.box);
  const { site } = config;
  const answer =
    admin === undefined ? undefined : await askBalancer(admin, { site, box: options.box });
  const { balancer, stranger } = answer ?? {};
  const { health, problems } = judge({ runs, balancer, stranger, admin });
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

/** Where the balancer of this machine answers; undefined where none should run, or it has no admin port. */
function adminOf({ balancer, cluster }: Config, box: string | undefined): string | undefined {
  const boxes = Object.entries(cluster.boxes).filter(([name]) => (box ?? name) === name);
  const expected = boxes.length === 0 || boxes.some(([, described]) => described.balancer === true);
  const bind = balancer?.admin?.bind;
  return bind === undefined || !expected ? undefined : reachable(bind);
}
