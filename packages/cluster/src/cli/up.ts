// tandem up: locks the boxes that it runs, so that no second supervisor runs them. Then starts their tiers, and exits
// after the last tier has exited.

import { closeSync, existsSync, openSync } from "node:fs";
import { resolve } from "node:path";
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
import { acquireRun, type RunReload, releaseRun, startTimeOf, updateRun } from "../run-file.ts";
import { shellWord } from "../shell-word.ts";
import { boxTaken, type Claim, claimOf, refuseForeign } from "../state-owner.ts";
import { Supervisor, type TierReport } from "../supervisor.ts";
import { assignments } from "../topology.ts";
import { certificateNotices } from "./certificate-notices.ts";
import { examples, loadBoxes, type SiteOptions, withSiteOptions } from "./options.ts";
import { type Reloaded, RunningReload } from "./reload-running.ts";
import { serverNotices } from "./server-notices.ts";
import { StartedConfigs } from "./started-configs.ts";
import { summary } from "./summary.ts";
import { invocation, print, say } from "./terminal.ts";

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
      `\nCtrl-C (or SIGTERM) drains and exits 0; a second one kills and exits 130. SIGHUP reloads, as 'tandem reload' does.${exitCodeLine("up")}`,
    )
    .action((options: SiteOptions) => up(options, executables));
}

async function up(options: SiteOptions, executables: Executables): Promise<void> {
  const { config, boxes } = loadBoxes(options);
  const claim = claimOf(config, options.config);
  refuseForeign(claim);
  refuseUnprepared(config, boxes, options);
  const names = [...boxes.keys()];
  const locks = takeLocks(claim, names);
  const release = holdOpen();
  const manager = serviceManager({ complain: say });
  const telemetry = openLog(config, names);
  const started = new StartedConfigs(config, () => loadConfig(options.config));
  const supervisor = createSupervisor(options.config, boxes, {
    ...{ telemetry, executables },
    changed: (reports) => {
      started.see(reports);
      locks.update(reports);
    },
  });
  const ending = endOnSignal(supervisor, manager, locks.release);
  reloadOnSignal(new RunningReload(supervisor, options, { first: config, started }), ending, {
    ...{ logger: telemetry.logger, manager, told: locks.reloaded },
  });
  try {
    await supervisor.start();
    const reports = supervisor.reports();
    print(summary(config, options.config, reports));
    for (const line of await notices(options, { config, boxes }, reports)) say(line);
    if (!ending.asked()) manager.ready(runningWords(reports));
    giveBackMemory();
    await ending.finished;
  } catch (error) {
    // When a signal came during the start, the supervisor is ending because of the signal. Then the
    // exit code follows from the signal, and the error of the start is dropped.
    if (!ending.asked()) throw error;
    await ending.finished;
  } finally {
    locks.release();
    await telemetry.close();
    release();
  }
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

interface Locks {
  readonly update: (reports: readonly TierReport[]) => void;
  readonly reloaded: (reloaded: Reloaded) => void;
  readonly release: () => void;
}

/** Takes one lock per box. So `tandem up` for all boxes and `tandem up --box` for one of them exclude each other. */
function takeLocks(claim: Claim, boxes: readonly string[]): Locks {
  const { site, state, file } = claim;
  const self = {
    pid: process.pid,
    startTime: startTimeOf(process.pid) ?? "",
    since: new Date(systemClock.wall()).toISOString(),
    config: resolve(file),
    site,
  };
  const held: string[] = [];
  const release = (): void => {
    for (const box of held.splice(0)) releaseRun(state, box);
  };
  try {
    for (const box of boxes) {
      const report = { ...self, box, tiers: [] };
      const holder = acquireRun(state, report);
      if (holder !== undefined) throw boxTaken(holder, report, claim);
      held.push(box);
    }
    // The state folder is checked again, because another site with other box names may have started since the first
    // check.
    refuseForeign(claim);
  } catch (error) {
    release();
    throw error;
  }
  let known: readonly TierReport[] = [];
  let reload: RunReload | undefined;
  const write = (): void => {
    for (const box of held) {
      const tiers = known.filter((report) => report.box === box);
      updateRun(state, { ...self, box, tiers, reload });
    }
  };
  const update = (reports: readonly TierReport[]): void => {
    known = reports;
    write();
  };
  const reloaded = (outcome: Reloaded): void => {
    reload = { ...outcome, count: (reload?.count ?? 0) + 1 };
    write();
  };
  return { update, reloaded, release };
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
    changed,
  }: { telemetry: Telemetry; executables: Executables; changed: Locks["update"] },
): Supervisor {
  const { logger } = telemetry;
  const { red, yellow, green, dim } = palette(process.stderr);
  const paint = { info: green, warn: yellow, error: red };
  return new Supervisor({
    file,
    assignments: [...boxes].flatMap(([box, config]) => assignments(config, [box])),
    executables,
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

interface Ending {
  /** Whether a signal asked the supervisor to end. */
  readonly asked: () => boolean;
  /** Asks the supervisor to end, as if `signal` had come. */
  readonly ask: (signal: NodeJS.Signals) => void;
  /** Resolves when every child has ended after a request to end. */
  readonly finished: Promise<void>;
}

function endOnSignal(supervisor: Supervisor, manager: ServiceManager, lastly: () => void): Ending {
  let asked = false;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const kill = async (): Promise<never> => {
    await supervisor.stop();
    lastly();
    process.exit(EXIT.interrupted);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (asked) {
      say(`${signal} again: killing what is left`);
      void kill();
      return;
    }
    asked = true;
    manager.stopping();
    say(`\n${signal}: draining (once more to kill)`);
    const from = systemClock.now();
    const last = (): void => say(`all stopped after ${seconds(systemClock.now() - from)} s`);
    supervisor.drain().then(last).then(resolve, reject);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  return { asked: () => asked, ask: onSignal, finished: promise };
}

const seconds = (ms: number): string => (ms / 1000).toFixed(1);

/**
 * Reloads at SIGHUP. But the system also sends SIGHUP when the supervisor's terminal is closed. When the terminal is
 * gone, the supervisor is therefore asked to end instead.
 */
function reloadOnSignal(
  reload: RunningReload,
  ending: Ending,
  {
    logger,
    manager,
    told,
  }: { logger: Telemetry["logger"]; manager: ServiceManager; told: Locks["reloaded"] },
): void {
  const hadTerminal = hasTerminal();
  process.on("SIGHUP", async () => {
    if (hadTerminal && !hasTerminal()) {
      ending.ask("SIGHUP");
      return;
    }
    if (ending.asked()) return;
    manager.reloading();
    const outcome = await reload.ask();
    manager.ready(outcome.words.join("; "));
    const { green, red } = palette(process.stderr);
    for (const words of outcome.words) say(outcome.ok ? green(words) : red(words));
    logger[outcome.ok ? "info" : "error"]({ words: outcome.words }, "reload");
    told(outcome);
  });
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}
