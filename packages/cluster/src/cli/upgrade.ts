// tandem upgrade: asks the site's supervisors on this machine to put the program that lies on the disk now in their place,
// and reports the result.
import { readFileSync } from "node:fs";
import { pause, systemClock } from "@tandem/transport";
import { Command } from "commander";
import { CommandRefusal, EXIT, exitCodeLine } from "../refusal.ts";
import { alive, type RunReport, readRun, startTimeOf } from "../run-file.ts";
import { examples, loadBoxes, type SiteOptions, withSiteOptions } from "./options.ts";
import { runningSupervisors } from "./running-supervisors.ts";
import { print, say } from "./terminal.ts";

/** How long this command waits for the result. Longer than a supervisor waits for the new one. */
const LIMIT_MS = 120_000;
/** How long the old tiers may drain in addition to their drain deadlines. */
const GRACE_MS = 10_000;
const POLL_MS = 50;

const NOTHING =
  "no 'tandem up' runs here, and this command reaches only what that runs\n" +
  "  systemd units of single tiers, and what runs as a process of its own: see docs/operations/upgrade.md";

export function upgradeCommand(): Command {
  return withSiteOptions(new Command("upgrade"))
    .description("put the program that is installed now in the place of what 'tandem up' runs")
    .addHelpText(
      "before",
      examples(
        ["upgrade --config site.yaml", "every box of this machine"],
        ["upgrade --config site.yaml --box box1", "the supervisor that runs box1"],
      ),
    )
    .addHelpText(
      "after",
      `\nThe new processes start on the same ports, then the old ones drain. When one does not start, nothing changes.${exitCodeLine("upgrade")}`,
    )
    .action(upgrade);
}

async function upgrade(options: SiteOptions): Promise<void> {
  const { config } = loadBoxes(options);
  const supervisors = runningSupervisors(config, options, NOTHING);
  const { balancer, webserver, appserver } = config;
  const drainMs = [balancer, webserver, appserver].reduce(
    (sum, tier) => sum + (tier?.drain ?? 0) + 2000,
    GRACE_MS,
  );
  warnOfKernel();
  await Promise.all(supervisors.map((run) => upgradeOne(config.state, run, drainMs)));
}

async function upgradeOne(state: string, run: RunReport, drainMs: number): Promise<void> {
  if (run.upgradable !== true)
    throw new CommandRefusal(
      `process ${run.pid} cannot be upgraded while it runs (an older version, or not Linux); 'tandem stop', then 'tandem up'`,
    );
  const old = run.tiers.flatMap(({ pid }) => (pid === undefined ? [] : [[pid, startTimeOf(pid)]]));
  const from = systemClock.now();
  const elapsed = (): string => ((systemClock.now() - from) / 1000).toFixed(1);
  process.kill(run.pid, "SIGUSR2");
  const next = await successorOf(state, run);
  print(`upgraded: process ${run.pid} → ${next.pid} after ${elapsed()} s; what is old drains`);
  const end = systemClock.now() + drainMs;
  while (
    old.some(([pid, started]) => started !== undefined && startTimeOf(Number(pid)) === started)
  ) {
    if (systemClock.now() > end) {
      say(
        `the old processes still drain after ${elapsed()} s: ${old.map(([pid]) => pid).join(", ")}`,
      );
      return;
    }
    await pause(systemClock, POLL_MS);
  }
  print(`the old processes have ended after ${elapsed()} s`);
}

/** Resolves to the report of the supervisor that took the place of `run`. Throws with the reason when none did. */
async function successorOf(state: string, run: RunReport): Promise<RunReport> {
  const before = run.upgrade?.count ?? 0;
  const end = systemClock.now() + LIMIT_MS;
  for (;;) {
    const lives = alive(run); // asked first, because the report of a supervisor that has ended is final
    const now = readRun(state, run.box);
    if (now !== undefined && now.pid !== run.pid && alive(now)) return now;
    const failed = now?.upgrade;
    if (failed !== undefined && failed.count > before)
      throw new CommandRefusal(failed.words.join("\n"), EXIT.failure);
    if (!lives) throw new CommandRefusal(`process ${run.pid} has ended, and no other runs`);
    if (systemClock.now() > end)
      throw new CommandRefusal(`process ${run.pid} has not answered within ${LIMIT_MS / 1000} s`);
    await pause(systemClock, POLL_MS);
  }
}

/** Names the setting of the kernel without which a few connections are reset. */
function warnOfKernel(): void {
  let setting = "";
  try {
    setting = readFileSync("/proc/sys/net/ipv4/tcp_migrate_req", "utf8").trim();
  } catch {
    // a kernel before 5.14, or not Linux
  }
  if (setting === "1") return;
  say(
    `net.ipv4.tcp_migrate_req is ${setting === "" ? "not known to this kernel" : setting}: connections that are just being made may be reset ` +
      "(sysctl -w net.ipv4.tcp_migrate_req=1 prevents that)",
  );
}
