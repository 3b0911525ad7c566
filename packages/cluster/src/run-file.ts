// Says which supervisor runs a box on this machine. The state folder has one file per box, which is both a lock and a
// report. The file identifies the supervisor by its process id and start time, because the system reuses process ids.
// The file is created by link(2), which fails when the name exists, and replaced by rename. So no reader ever sees half
// a file.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "./make-folder.ts";
import { CommandRefusal } from "./refusal.ts";
import type { TierReport } from "./supervisor.ts";

export interface RunReport {
  readonly box: string;
  /** The process id of the supervisor. */
  readonly pid: number;
  /**
   * The supervisor's start time in the system's own units. A later process may have the same id, but then it has
   * another start time.
   */
  readonly startTime: string;
  /** The ISO time of the supervisor's start. */
  readonly since: string;
  readonly config: string;
  /** The site's name in the configuration file at the start; absent in the report of an older supervisor. */
  readonly site?: string | undefined;
  readonly tiers: readonly TierReport[];
  /** The result of the last reload. */
  readonly reload?: RunReload | undefined;
  /** Whether the supervisor upgrades at SIGUSR2; absent in the report of an older one, which that signal would kill. */
  readonly upgradable?: boolean | undefined;
  /** The result of the last upgrade that failed. After an upgrade that succeeded another process writes the report. */
  readonly upgrade?: RunReload | undefined;
}

/** The result of a reload or an upgrade that a command or a signal asked for. */
export interface RunReload {
  /** The number of the reload or upgrade. It increases with each one. */
  readonly count: number;
  readonly ok: boolean;
  /** The result in lines for a person, one block for each tier. */
  readonly words: readonly string[];
}

const folder = (state: string): string => join(state, "run");
const pathOf = (state: string, box: string): string => join(folder(state), `up-${box}.json`);

/** Returns the start time of a process; undefined when the process does not exist or has ended. */
export function startTimeOf(pid: number): string | undefined {
  try {
    if (process.platform !== "linux")
      return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // In /proc/PID/stat the command may contain spaces and brackets, so fields are counted after the closing bracket of
    // the command. Counted from there, the start time is field 20 (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A process in state Z (zombie) has ended, but its parent has not collected it yet.
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** Whether the supervisor of `report` still runs. */
export function alive({ pid, startTime }: RunReport): boolean {
  return startTimeOf(pid) === startTime;
}

/** Returns the report of `box`. Undefined when there is no report, or when this version of the code cannot read it. */
export function readRun(state: string, box: string): RunReport | undefined {
  try {
    const report: unknown = JSON.parse(readFileSync(pathOf(state, box), "utf8"));
    return isRunReport(report) ? report : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the reports of all boxes that run here now. */
export function liveRuns(state: string): readonly RunReport[] {
  let files: readonly string[];
  try {
    files = readdirSync(folder(state));
  } catch {
    return [];
  }
  return files
    .flatMap((file) => /^up-(.+)\.json$/.exec(file)?.[1] ?? [])
    .sort()
    .flatMap((box) => readRun(state, box) ?? [])
    .filter(alive);
}

/**
 * Takes the lock of `report.box`. Returns undefined on success. When another supervisor holds the lock, returns that
 * supervisor's report.
 */
export function acquireRun(state: string, report: RunReport): RunReport | undefined {
  const path = pathOf(state, report.box);
  makeFolder(folder(state), 0o700);
  const draft = writeDraft(path, report);
  try {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      try {
        linkSync(draft, path);
        return undefined;
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      }
      const holder = readRun(state, report.box);
      if (holder !== undefined && alive(holder)) return holder;
      rmSync(path, { force: true });
    }
    throw new CommandRefusal(`${path}: another 'tandem up' is starting right now; try again`);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Replaces the report. Only the holder of the lock may call this. */
export function updateRun(state: string, report: RunReport): void {
  const path = pathOf(state, report.box);
  renameSync(writeDraft(path, report), path);
}

export function releaseRun(state: string, box: string): void {
  rmSync(pathOf(state, box), { force: true });
}

function writeDraft(path: string, report: RunReport): string {
  const draft = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    writeFileSync(draft, `${JSON.stringify(report, null, 2)}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    rmSync(draft, { force: true }); // a full disk leaves an empty file
    // The system does not name the file of a write that failed.
    throw Object.assign(error as NodeJS.ErrnoException, { path });
  }
  return draft;
}

function isRunReport(value: unknown): value is RunReport {
  if (typeof value !== "object" || value === null) return false;
  const { pid, startTime, box, tiers } = value as Partial<RunReport>;
  return (
    typeof pid === "number" &&
    typeof startTime === "string" &&
    typeof box === "string" &&
    Array.isArray(tiers)
  );
}
