// Finds the settings and files that have changed since a process read them at its start, and that a
// reload cannot change. For each change, says which process has to be restarted.
import { statSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { type Config, type NamedFile, namedFiles } from "@tandem/config";
import type { BoxConfigs } from "../certificates/wanted.ts";
import type { TierReport } from "../supervisor.ts";
import { assignments, type TierName } from "../topology.ts";
import type { StartedConfigs } from "./started-configs.ts";

/**
 * Sections of the file that a process reads only when it starts, each with the tiers that read it. The section
 * `balancer` is missing, because balancers reload it.
 */
const READ_AT_START = {
  site: ["balancer", "webserver", "appserver"],
  webserver: ["webserver"],
  appserver: ["appserver"],
  telemetry: ["balancer", "webserver", "appserver"],
} as const satisfies Partial<Record<keyof Config, readonly TierName[]>>;

const SECTIONS = ["site", "webserver", "appserver", "telemetry"] as const;
type Section = (typeof SECTIONS)[number];

/** The configuration that each process read at its start, and the configuration that the file has now. */
export interface Versions {
  readonly started: Pick<StartedConfigs, "of">;
  readonly next: Config;
  /** The configuration that the file now gives each box that runs here: `${BOX}` is replaced by the box's name. */
  readonly boxes: BoxConfigs;
}

/**
 * Returns a list of the settings and files that have changed, and a `kill` command for each process that has to be
 * restarted. Undefined when nothing has changed.
 */
export function restartAdvice(
  { started, next, boxes }: Versions,
  reports: readonly TierReport[],
): string | undefined {
  const concerned = reports.map((report) => ({
    report,
    sections: changedSections(started.of(report), next, report.tier),
    files: changedFiles(boxes.get(report.box) ?? next, report),
  }));
  const sections = SECTIONS.filter((name) => concerned.some((one) => one.sections.includes(name)));
  const files = concerned.flatMap((one) => one.files);
  const changed = [...new Set([...sections, ...files.map((f) => `${f.setting} (${f.file})`)])];
  if (changed.length === 0) return undefined;
  const restart = concerned.filter((one) => one.files.length > 0 || one.sections.length > 0);
  const lines = restart.map(({ report }) => killLine(report, isOnly(report.tier, next, boxes)));
  return [
    `${haveChanged(changed)} a process reads that when it starts. One after the other, each when`,
    "'tandem status' says that all is well again:",
    ...lines,
  ].join("\n");
}

/** Returns a heading such as `a, b have changed:`. */
export function haveChanged(what: readonly string[]): string {
  return `${what.join(", ")} ${what.length === 1 ? "has" : "have"} changed:`;
}

const reads = (section: Section, tier: TierName): boolean =>
  READ_AT_START[section].some((name) => name === tier);

const changedSections = (started: Config, next: Config, tier: TierName): readonly Section[] =>
  SECTIONS.filter((name) => reads(name, tier) && !isDeepStrictEqual(started[name], next[name]));

/**
 * Returns the files that have been written, replaced or moved since the process of `report` opened them at its start.
 * The change time (ctime) is compared, because `mv` and `cp -p` keep the time of the last write.
 */
function changedFiles(config: Config, { tier, since }: TierReport): readonly NamedFile[] {
  const from = Date.parse(since);
  return SECTIONS.filter((section) => reads(section, tier))
    .flatMap((section) => namedFiles(config, section))
    .filter(({ file }) => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat?.isFile() === true && stat.ctimeMs > from;
    });
}

/**
 * Whether the file describes only one process of `tier`. Then no other process takes over its work
 * while it is restarted.
 */
function isOnly(tier: TierName, next: Config, boxes: BoxConfigs): boolean {
  const described = Object.keys(next.cluster.boxes);
  const all = assignments(next, described.length === 0 ? [...boxes.keys()] : described);
  return all.filter((assignment) => assignment.tier === tier).length < 2;
}

function killLine({ box, tier, pid }: TierReport, only: boolean): string {
  const outage = tier === "balancer" ? "visitors are refused" : "visitors get errors";
  const loss = only ? `; the file has no other ${tier}, so ${outage} until it is back` : "";
  return `  kill ${pid}   # ${box} ${tier}: it drains and is started again${loss}`;
}
