// tandem reload: validates the file, asks the site's supervisors on this machine to read the file again, and reports
// the result.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pause, systemClock } from "@tandem/transport";
import { Command } from "commander";
import { CommandRefusal, EXIT, exitCodeLine } from "../refusal.ts";
import { alive, type RunReload, type RunReport, readRun } from "../run-file.ts";
import { shellWord } from "../shell-word.ts";
import { examples, loadBoxes, type SiteOptions, withSiteOptions } from "./options.ts";
import { runningSupervisors } from "./running-supervisors.ts";
import { print, say } from "./terminal.ts";

/**
 * How many milliseconds this command waits for the result. The limit is longer than the time that a tier may take to
 * reload.
 */
const LIMIT_MS = 40_000;
const POLL_MS = 50;

/**
 * The message when no supervisor runs. Tiers may still run, because this command does not find tiers that a service
 * manager has started.
 */
const NOTHING =
  "no 'tandem up' runs here, and this command reaches only what that runs\n" +
  "  systemctl reload tandem-balancer   where systemd runs the balancer\n" +
  "  kill -HUP PID                      where it runs as a process of its own";

export function reloadCommand(): Command {
  return withSiteOptions(new Command("reload"))
    .description("let what 'tandem up' runs on this machine read the file again")
    .addHelpText(
      "before",
      examples(
        ["reload --config site.yaml", "every box of this machine"],
        ["reload --config site.yaml --box box1", "the supervisor that runs box1"],
      ),
    )
    .addHelpText(
      "after",
      `\nBalancers reload without losing a request; other changes are listed, and need a restart.${exitCodeLine("reload")} With 1 and 2, the processes go on as they were.`,
    )
    .action(reload);
}

async function reload(options: SiteOptions): Promise<void> {
  const { config } = loadBoxes(options);
  const supervisors = runningSupervisors(config, options, NOTHING);
  for (const run of supervisors)
    if (run.config !== resolve(options.config)) throw new CommandRefusal(otherFile(run));
  const outcomes = await Promise.all(supervisors.map((run) => reloadOne(config.state, run)));
  for (const { ok, words } of outcomes) for (const word of words) (ok ? print : say)(word);
  if (outcomes.some(({ ok }) => !ok)) process.exitCode = EXIT.failure;
}

/**
 * Returns the message for a supervisor that runs from another file. A supervisor can only reload the file with which
 * it was started.
 */
function otherFile({ pid, config }: RunReport): string {
  if (existsSync(config)) return `process ${pid} runs ${config}; say --config ${shellWord(config)}`;
  return `process ${pid} runs ${config}, which is gone; put it back, or 'tandem stop' and 'tandem up' with this one`;
}

async function reloadOne(state: string, run: RunReport): Promise<RunReload> {
  const before = run.reload?.count ?? 0;
  const from = systemClock.now();
  process.kill(run.pid, "SIGHUP");
  for (;;) {
    const now = readRun(state, run.box)?.reload;
    if (now !== undefined && now.count > before) return now;
    if (!alive(run)) throw new CommandRefusal(`process ${run.pid} has ended`);
    if (systemClock.now() - from > LIMIT_MS)
      throw new CommandRefusal(`process ${run.pid} has not answered within ${LIMIT_MS / 1000} s`);
    await pause(systemClock, POLL_MS);
  }
}
