// tandem stop: asks the supervisors of this state folder to drain, and waits until they are gone.
import { loadConfig } from "@tandem/config";
import { pause, systemClock } from "@tandem/transport";
import { Command } from "commander";
import { Refusal } from "../refusal.ts";
import { alive, liveRuns, type RunReport } from "../run-file.ts";
import { boxesOf } from "../topology.ts";
import { examples, type SiteOptions, withSiteOptions } from "./options.ts";
import { print, say } from "./terminal.ts";

/** Beyond three tiers' drain deadlines nobody drains any more. */
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
    .addHelpText("after", "\nExit code: 0 stopped or nothing ran, 1 still running.")
    .action(stop);
}

async function stop(options: SiteOptions): Promise<void> {
  const config = loadConfig(options.config);
  boxesOf(config, options.config, options.box); // refuses one that is not there
  const runs = liveRuns(config.state).filter(({ box }) => (options.box ?? box) === box);
  const supervisors = [...new Map(runs.map((run) => [run.pid, run])).values()];
  if (supervisors.length === 0) {
    say("nothing runs");
    return;
  }
  const { balancer, webserver, appserver } = config;
  const drains = [balancer, webserver, appserver].map((tier) => (tier?.drain ?? 0) + 2000);
  const limitMs = drains.reduce((sum, ms) => sum + ms, GRACE_MS);
  await Promise.all(supervisors.map((run) => stopOne(run, limitMs)));
}

async function stopOne(run: RunReport, limitMs: number): Promise<void> {
  const from = systemClock.now();
  process.kill(run.pid, "SIGTERM");
  while (alive(run)) {
    if (systemClock.now() - from > limitMs)
      throw new Refusal(
        `process ${run.pid} still runs after ${limitMs / 1000} s; 'kill -9 ${run.pid}' ends it, its tiers drain by themselves`,
      );
    await pause(systemClock, POLL_MS);
  }
  const seconds = ((systemClock.now() - from) / 1000).toFixed(1);
  print(`stopped process ${run.pid} after ${seconds} s`);
}
