// tandem logs: shows what the tiers of the site on this machine have logged, and follows it.
import { palette } from "@tandem/telemetry/colors";
import { systemClock } from "@tandem/transport";
import { Argument, Command, InvalidArgumentError, Option } from "commander";
import type { BoxConfigs } from "../certificates/wanted.ts";
import { entryText } from "../logs/entry-text.ts";
import type { Level } from "../logs/level.ts";
import { LogTail } from "../logs/log-tail.ts";
import { showLogs } from "../logs/show.ts";
import { LOG_TIERS, type LogKind, type LogTier, logSources } from "../logs/source.ts";
import { CommandRefusal, EXIT, exitCodeLine } from "../refusal.ts";
import { claimOf, stateRuns } from "../state-owner.ts";
import { runs } from "../topology.ts";
import { examples, loadBoxes, type SiteOptions, withSiteOptions } from "./options.ts";
import { say } from "./terminal.ts";

const DEFAULT_LINES = 50;
const KINDS: readonly LogKind[] = ["app", "access"];

interface LogsOptions extends SiteOptions {
  readonly follow?: boolean;
  readonly lines?: number;
  readonly app?: boolean;
  readonly access?: boolean;
  readonly level?: Level;
  /** Milliseconds before now. */
  readonly since?: number;
  readonly json?: boolean;
}

export function logsCommand(): Command {
  return withSiteOptions(new Command("logs"))
    .description("what the tiers of this machine have logged, merged by time")
    .addHelpText(
      "before",
      examples(
        ["logs", `the last ${DEFAULT_LINES} lines of all tiers`],
        ["logs --follow", "and what comes, until Ctrl-C"],
        ["logs balancer --access --level error --since 1h", "requests that failed"],
        ["logs --app --json --since 10m", "lines as they are in the files, for a script"],
      ),
    )
    .addArgument(
      new Argument("[tier...]", "only these tiers (default: all)").choices([...LOG_TIERS]),
    )
    .option("-f, --follow", "go on with what is logged from now on, until Ctrl-C")
    .option(
      "-n, --lines <number>",
      `how many lines to begin with (default: ${DEFAULT_LINES}; with --since all)`,
      wholeNumber,
    )
    .option("--access", "only requests and connections")
    .option("--app", "only messages of the programs")
    .addOption(
      new Option("--level <level>", "only this level and more important ones").choices([
        ...["debug", "info", "warn", "error"],
      ]),
    )
    .option(
      "--since <duration>",
      "only what was logged within this time: 30s, 10m, 2h, 1d",
      duration,
    )
    .option("--json", "each line as it is in its file")
    .addHelpText(
      "after",
      "\nA request with an answer from 500 up is at the level error; from 400 up or without an answer at warn; else at info.",
    )
    .addHelpText("after", exitCodeLine("logs"))
    .action(logs);
}

async function logs(tiers: readonly LogTier[], options: LogsOptions): Promise<void> {
  const { boxes } = loadBoxes(options);
  const tails = openTails(tiers, options, boxes);
  const end = new AbortController();
  const onEnd = (): void => end.abort();
  if (options.follow) for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, onEnd);
  process.stdout.once("error", onEnd); // the reader of our output has ended
  const paint = palette();
  const severalBoxes = new Set(tails.map(({ source }) => source.box)).size > 1;
  const refuse = (why: string): void => {
    say(why);
    process.exitCode = EXIT.failure;
  };
  for (const { why } of tails) if (why !== "") refuse(why);
  const wall = systemClock.wall();
  try {
    await showLogs(
      {
        ...{ tails, clock: systemClock, signal: end.signal, follow: options.follow === true },
        selection: {
          level: options.level,
          since: options.since === undefined ? Number.NEGATIVE_INFINITY : wall - options.since,
          lines: options.lines ?? (options.since === undefined ? DEFAULT_LINES : Infinity),
        },
        text: (entry) =>
          options.json ? entry.line : entryText(entry, { paint, boxes: severalBoxes }),
        refused: refuse,
      },
      process.stdout,
    );
  } finally {
    for (const tail of tails) tail.close();
    process.stdout.off("error", onEnd);
    for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, onEnd);
  }
}

/** Opens the logs that the command line means. Throws a CommandRefusal when none can be shown, now or later. */
function openTails(
  tiers: readonly LogTier[],
  options: LogsOptions,
  boxes: BoxConfigs,
): readonly LogTail[] {
  refuseAbsentTiers(tiers, options, boxes);
  const { app, access, follow } = options;
  const kinds = KINDS.filter((kind) => (app === access ? true : kind === "app" ? app : access));
  const wanted = { tiers: tiers.length === 0 ? LOG_TIERS : tiers, kinds };
  const sources = logSources(boxes, wanted);
  if (sources.length === 0) {
    const inFiles = logSources(boxes, { tiers: LOG_TIERS, kinds: KINDS }).length > 0;
    throw new CommandRefusal(inFiles ? NO_REQUESTS : onStandardOutput(options, boxes));
  }
  const tails = sources.map((source) => new LogTail(source, () => systemClock.now()));
  if (tails.every(({ state }) => state === "refused"))
    throw new CommandRefusal(tails.map(({ why }) => why).join("\n"));
  const missing = tails.filter(({ state }) => state === "missing");
  const none = missing.length === tails.length;
  // Without a wish for certain ones, a log that does not exist yet, or is on the other box, is no news.
  const told = none || tiers.length > 0 || options.box !== undefined ? missing : [];
  const words = told.map(({ source }) => `${source.path}: no such log yet`).join("\n");
  if (none && follow !== true)
    throw new CommandRefusal(
      `${words}\nstart the site with 'tandem up', or wait for its first line with --follow`,
    );
  if (words !== "") say(follow ? `${words}; waiting for it` : words);
  return tails;
}

const NO_REQUESTS =
  "the supervisor answers no requests, so it has no access log; leave out --access";

function refuseAbsentTiers(
  tiers: readonly LogTier[],
  { config: file }: LogsOptions,
  boxes: BoxConfigs,
): void {
  for (const tier of tiers) {
    if (tier === "supervisor") continue;
    if ([...boxes].some(([box, config]) => runs(config, box, tier))) continue;
    throw new CommandRefusal(
      `${file}: no ${tier} runs on ${[...boxes.keys()].join(" or ")}, so it has no log`,
      EXIT.config,
    );
  }
}

/** Says where the logs of a site are that has no folder for them. */
function onStandardOutput({ config: file }: LogsOptions, boxes: BoxConfigs): string {
  const [config] = boxes.values();
  const own = config === undefined ? [] : stateRuns(claimOf(config, file)).own;
  const pids = [...new Set(own.map(({ pid }) => pid))];
  const running = pids.length === 0 ? "" : `, process ${pids.join(" and ")}`;
  return [
    `${file}: telemetry.log.directory is not set, so the tiers log to standard output; look there:`,
    `  the terminal of 'tandem up'${running}`,
    "  journalctl --unit 'tandem*', where systemd runs them",
    "to keep logs in files, add telemetry: { log: { directory: logs } } and start again",
  ].join("\n");
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("expected a whole number, such as 100");
}

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

function duration(text: string): number {
  const [, count, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * (UNITS_MS[unit] ?? Number.NaN);
  if (!Number.isNaN(ms)) return ms;
  throw new InvalidArgumentError('expected a duration, such as "30s", "10m", "2h" or "1d"');
}
