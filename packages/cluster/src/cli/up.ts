// tandem up: locks the boxes that it runs, so that no second supervisor runs them. Then starts their tiers, and exits
// after the last tier has exited.

import { existsSync } from "node:fs";
import { type Config, loadConfig } from "@tandem/config";
import { openTelemetry, type Telemetry } from "@tandem/telemetry";
import { palette } from "@tandem/telemetry/colors";
import {
  giveBackMemory,
  holdOpen,
  type ServiceManager,
  serviceManager,
  systemClock,
  systemRng,
} from "@tandem/transport";
import { Command } from "commander";
import { type BoxConfigs, isPrepared, wantedPairs } from "../certificates/wanted.ts";
import type { Executables } from "../executables.ts";
import { CommandRefusal, EXIT, exitCodeLine } from "../refusal.ts";
import { shellWord } from "../shell-word.ts";
import { refuseForeignState } from "../state-folder.ts";
import { claimOf, refuseForeign } from "../state-owner.ts";
import { Supervisor, type TierReport } from "../supervisor.ts";
import { assignments } from "../topology.ts";
import { Predecessor } from "../upgrade/predecessor.ts";
import { type Stood, standIn } from "../upgrade/stand-in.ts";
import { certificateNotices } from "./certificate-notices.ts";
import { examples, loadBoxes, type SiteOptions, withSiteOptions } from "./options.ts";
import { RunningReload } from "./reload-running.ts";
import { RunLocks } from "./run-locks.ts";
import { serverNotices } from "./server-notices.ts";
import { StartedConfigs } from "./started-configs.ts";
import { summary } from "./summary.ts";
import { invocation, print, say, wordsOfError } from "./terminal.ts";
import { endOnSignal, reloadOnSignal, upgradeOnSignal } from "./up-signals.ts";
import { RunningUpgrade } from "./upgrade-running.ts";

export function upCommand(executables: Executables): Command {
  return withSiteOptions(new Command("up"))
    .description("run the tiers of this machine until Ctrl-C; restart what dies")
    .addHelpText(
      "before",
      examples(
        ["up --config site.yaml", "all boxes on this machine"],
        ["up --config site.yaml --box box1", "this machine is box1"],
      ),
    )
    .addHelpText(
      "after",
      `\nCtrl-C (or SIGTERM) drains and exits 0; a second one kills and exits 130. SIGHUP reloads, as 'tandem reload' does, and SIGUSR2 upgrades, as 'tandem upgrade' does.${exitCodeLine("up")}`,
    )
    .action((options: SiteOptions) => up(options, executables));
}

async function up(options: SiteOptions, executables: Executables): Promise<void> {
  const predecessor = Predecessor.find();
  try {
    await run(options, executables, predecessor);
  } catch (error) {
    predecessor?.failed(wordsOfError(error));
    throw error;
  }
}

async function run(
  options: SiteOptions,
  executables: Executables,
  predecessor: Predecessor | undefined,
): Promise<void> {
  const { config, boxes } = loadBoxes(options);
  const claim = claimOf(config, options.config);
  refuseForeign(claim);
  for (const one of boxes.values()) refuseForeignState(one);
  refuseUnprepared(config, boxes, options);
  const names = [...boxes.keys()];
  const locks = new RunLocks(claim, names);
  if (predecessor === undefined) locks.take(claim);
  else locks.refuseUnlessHeldBy(predecessor.pid, claim);
  const release = holdOpen();
  const manager = serviceManager({ complain: say, silent: predecessor !== undefined });
  const telemetry = openLog(config, names);
  const { logger } = telemetry;
  const started = new StartedConfigs(config, () => loadConfig(options.config));
  const supervisor = createSupervisor(options.config, boxes, {
    ...{ telemetry, executables, sharePorts: predecessor !== undefined },
    changed: (reports) => {
      started.see(reports);
      locks.update(reports);
    },
  });
  const reload = new RunningReload(supervisor, options, { first: config, started });
  const upgrade = new RunningUpgrade({
    ...{ options, locks, command: executables.command, heir: manager.heir() },
    settled: () => reload.settled(),
    tell: (ok, words) => {
      for (const word of words) say(word);
      logger[ok ? "info" : "error"]({ words }, "upgrade");
    },
  });
  const stood = { state: config.state, box: names[0] ?? "" };
  const ending = endOnSignal({ supervisor, manager, upgrade, predecessor, stood, locks });
  reloadOnSignal({ reload, ending, upgrade, logger, manager, locks, stood });
  const ready = upgradeOnSignal(upgrade, ending, stood);
  try {
    await (predecessor === undefined
      ? supervisor.start()
      : Promise.race([supervisor.start(), predecessor.gone]));
    await Promise.race([predecessor?.ready(), ending.finished]);
    if (!ending.asked()) {
      const reports = supervisor.reports();
      if (predecessor !== undefined) locks.takeOver();
      print(summary(config, options.config, reports));
      for (const line of await notices(options, { config, boxes }, reports)) say(line);
      if (predecessor === undefined) manager.ready(runningWords(reports));
      else await manager.takeOver(runningWords(reports));
      predecessor?.taken();
      ready();
      giveBackMemory();
    }
    await Promise.race([ending.finished, upgrade.over]);
    if (upgrade.done) await leave(supervisor, manager, predecessor, stood);
  } catch (error) {
    // When a signal came during the start, the supervisor is ending because of the signal. Then the
    // exit code follows from the signal, and the error of the start is dropped.
    if (!ending.asked()) {
      if (predecessor !== undefined) await supervisor.drain(true);
      throw error;
    }
    await ending.finished;
  } finally {
    locks.release();
    await telemetry.close();
    release();
  }
}

/**
 * Drains the tiers that another supervisor has replaced. Then this process ends, unless something else than systemd
 * started it and watches it: then it stays as a stand-in until the new supervisor has ended.
 */
async function leave(
  supervisor: Supervisor,
  manager: ServiceManager,
  predecessor: Predecessor | undefined,
  stood: Stood,
): Promise<void> {
  await supervisor.drain(true);
  // A predecessor that is a stand-in waits for the last of all supervisors.
  if (manager.present || predecessor !== undefined) process.exit(EXIT.ok);
  process.exit((await standIn(stood, systemClock)) ? EXIT.ok : EXIT.failure);
}

function runningWords(reports: readonly TierReport[]): string {
  return `running ${reports.map(({ box, tier }) => `${box} ${tier}`).join(", ")}`;
}

/** Returns the problems to show below the table of processes. A process may run and still not work. */
async function notices(
  { config: file }: SiteOptions,
  { config, boxes }: { readonly config: Config; readonly boxes: BoxConfigs },
  reports: readonly TierReport[],
): Promise<readonly string[]> {
  const lines = [...certificateNotices(boxes), ...(await serverNotices(config, reports))];
  if (lines.length === 0) return [];
  return [...lines, `how it goes on: ${invocation()} status --config ${shellWord(file)}`];
}

function refuseUnprepared(
  config: Config,
  boxes: BoxConfigs,
  { config: file, box }: SiteOptions,
): void {
  const pairs = wantedPairs(boxes).map(({ paths: { cert, key } }) => [cert, key]);
  const missing = pairs.flat().filter((path) => !existsSync(path));
  if (missing.length === 0) return;
  const made = new Set(
    pairs.filter((pair) => pair.every((path) => isPrepared(config, path))).flat(),
  );
  const words = box === undefined ? "" : ` --box ${shellWord(box)}`;
  const ours = missing.filter((path) => made.has(path));
  const theirs = missing.filter((path) => !made.has(path));
  throw new CommandRefusal(
    [
      ...theirs.map(
        (path) => `${path}: no such file; ${file} names it, and you have to put it there`,
      ),
      ...(ours.length === 0
        ? []
        : [
            `${ours.join(", ")}: no such file`,
            `To create what is missing: ${invocation()} prepare --config ${shellWord(file)}${words}`,
          ]),
    ].join("\n"),
  );
}

function openLog(config: Config, boxes: readonly string[]): Telemetry {
  const box = boxes.length === 1 ? (boxes[0] ?? "all") : "all";
  try {
    return openTelemetry(config.telemetry, { tier: "supervisor", box }, systemClock);
  } catch (error) {
    throw new CommandRefusal(error instanceof Error ? error.message : String(error), EXIT.config);
  }
}

function createSupervisor(
  file: string,
  boxes: BoxConfigs,
  {
    telemetry,
    executables,
    sharePorts,
    changed,
  }: {
    telemetry: Telemetry;
    executables: Executables;
    sharePorts: boolean;
    changed: (reports: readonly TierReport[]) => void;
  },
): Supervisor {
  const { logger } = telemetry;
  const { red, yellow, green, dim } = palette(process.stderr);
  const paint = { info: green, warn: yellow, error: red };
  return new Supervisor({
    file,
    assignments: [...boxes].flatMap(([box, config]) => assignments(config, [box])),
    ...{ executables, sharePorts },
    clock: systemClock,
    rng: systemRng,
    changed: (reports) => {
      try {
        changed(reports);
      } catch (error) {
        // Writing fails, for example, when the disk is full. The processes continue to run, and only `tandem status` is
        // out of date.
        logger.error({ error }, "cannot update the run file");
      }
    },
    notice: (level, message, lines = []) => {
      const time = new Date(systemClock.wall()).toTimeString().slice(0, 8);
      const quoted = lines.map((line) => `\n         ${dim(`| ${line}`)}`);
      // Everything is written at once, so that no other output comes between a message and the lines it quotes.
      say(`${dim(time)} ${paint[level](message)}${quoted.join("")}`);
      logger[level]({ lastLines: lines }, message);
    },
    said: ({ box, tier }, line) => logger.warn({ from: `${box} ${tier}` }, line),
  });
}
