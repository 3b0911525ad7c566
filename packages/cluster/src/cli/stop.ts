// tandem stop: asks the site's supervisors on this machine to drain, and waits until they have ended.
import { resolve } from "node:path";
import { loadConfig } from "@tandem/config";
import { pause, systemClock } from "@tandem/transport";
import { Command } from "commander";
import { CommandRefusal, exitCodeLine } from "../refusal.ts";
import { alive, type RunReport } from "../run-file.ts";
import { claimOf, foreignStop, stateRuns } from "../state-owner.ts";
import { boxesOf } from "../topology.ts";
import { examples, type SiteOptions, withSiteOptions } from "./options.ts";
import { print, say } from "./terminal.ts";

/**
 * How many milliseconds `tandem stop` waits in addition to the drain deadlines of the three tiers.
 * After this time every drain must have ended.
 */
const GRACE_MS = 10_000;
const POLL_MS = 50;

export function stopCommand(): Command {
  return withSiteOptions(new Command("stop"))
    .description("drain and stop what 'tandem up' runs on this machine")
    .addHelpText(
      "before",
      examples(
        ["stop --config site.yaml", "every box of this machine"],
        ["stop --config site.yaml --box box1", "the supervisor that runs box1"],
      ),
    )
    .addHelpText("after", exitCodeLine("stop"))
    .action(stop);
}

async function stop(options: SiteOptions): Promise<void> {
  const config = loadConfig(options.config);
  boxesOf(config, options.config, options.box); // refuses a box that is not in the file
  const claim = claimOf(config, options.config);
  const { own, foreign } = stateRuns(claim, options.box);
  const supervisors = [...new Map(own.map((run) => [run.pid, run])).values()];
  if (supervisors.length === 0) {
    if (foreign !== undefined) throw foreignStop(foreign, claim);
    say("nothing runs");
    return;
  }
  const { balancer, webserver, appserver } = config;
  const drains = [balancer, webserver, appserver].map((tier) => (tier?.drain ?? 0) + 2000);
  const limitMs = drains.reduce((sum, ms) => sum + ms, GRACE_MS);
  await Promise.all(
    supervisors.map((run) => stopOne(run, { limitMs, file: resolve(options.config) })),
  );
}

async function stopOne(
  run: RunReport,
  { limitMs, file }: { readonly limitMs: number; readonly file: string },
): Promise<void> {
  const from = systemClock.now();
  process.kill(run.pid, "SIGTERM");
  while (alive(run)) {
    if (systemClock.now() - from > limitMs)
      throw new CommandRefusal(
        `process ${run.pid} still runs after ${limitMs / 1000} s; 'kill -9 ${run.pid}' ends it, its tiers drain by themselves`,
      );
    await pause(systemClock, POLL_MS);
  }
  const seconds = ((systemClock.now() - from) / 1000).toFixed(1);
  const which = run.config === file ? "" : `, which ran ${run.config},`;
  print(`stopped process ${run.pid}${which} after ${seconds} s`);
}
