// Finds out which site owns the processes of a state folder. Two sites may share a state folder, because two
// configuration files in one folder have the same default for `state:`. A command for one of the sites must not touch
// the processes of the other.
import { existsSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { Config } from "@tandem/config";
import { CommandRefusal } from "./refusal.ts";
import { liveRuns, type RunReport } from "./run-file.ts";
import { shellWord } from "./shell-word.ts";

/** The configuration file that a command was given, and the site and the state folder that this file names. */
export interface Claim {
  /** The name of the file as the user typed it. */
  readonly file: string;
  readonly site: string;
  readonly state: string;
}

export interface StateRuns {
  /** The running supervisors of the claim's own site. */
  readonly own: readonly RunReport[];
  /** A running supervisor of another site; undefined when only this site uses the state folder. */
  readonly foreign: RunReport | undefined;
}

export function claimOf({ site, state }: Config, file: string): Claim {
  return { file, site, state };
}

/**
 * Returns the supervisors that run in the claim's state folder now. With `box`, `own` contains only the supervisor of
 * that box.
 */
export function stateRuns(claim: Claim, box?: string): StateRuns {
  const runs = liveRuns(claim.state);
  return {
    own: runs.filter((run) => !isForeign(run, claim) && (box ?? run.box) === run.box),
    foreign: runs.find((run) => isForeign(run, claim)),
  };
}

/**
 * Whether the supervisor of `run` belongs to another site. The site is the same when the name is
 * equal (the file may have been moved), or when the path of the file is equal (its `site:` may have
 * been edited).
 */
function isForeign(run: RunReport, { site, file }: Claim): boolean {
  return run.site !== site && run.config !== resolve(file);
}

/** Throws a CommandRefusal when another site uses the claim's state folder. */
export function refuseForeign(claim: Claim): void {
  const { foreign } = stateRuns(claim);
  if (foreign !== undefined) throw foreignState(foreign, claim);
}

/**
 * Returns the error for a claim whose state folder another site uses. The error names the `state:` that would give the
 * claim's site a folder of its own.
 */
export function foreignState(run: RunReport, claim: Claim): CommandRefusal {
  return new CommandRefusal(`${foreignWords(run, claim)}\n  ${ownState(claim)}`);
}

/** Returns the error for `tandem stop` in the folder of another site, with the command that stops that other site. */
export function foreignStop(run: RunReport, claim: Claim): CommandRefusal {
  return new CommandRefusal(
    [
      `nothing was stopped: ${foreignWords(run, claim)}`,
      `  to stop that site: ${stopWords(run)}`,
      `  ${ownState(claim)}`,
    ].join("\n"),
  );
}

export function foreignWords({ pid, site, config }: RunReport, { state }: Claim): string {
  return `${state} is the state folder of another site: process ${pid} runs ${site ?? "it"} there, from ${config}`;
}

/**
 * Returns the advice to write a line `state: …` into the claim's file, which gives its site a state
 * folder of its own.
 */
export function ownState({ file, site, state }: Claim): string {
  const name = `${state}-${site}`;
  const beside = dirname(state) === dirname(resolve(file));
  return `give ${file} a folder of its own: state: ${beside ? basename(name) : name}`;
}

/** Returns the error for a supervisor (`self`) whose box another supervisor (`holder`) runs already. */
export function boxTaken(holder: RunReport, self: RunReport, claim: Claim): CommandRefusal {
  if (isForeign(holder, claim)) return foreignState(holder, claim);
  const { box, pid, since, config } = holder;
  return new CommandRefusal(
    [
      `${box} runs already: 'tandem up' is process ${pid}, since ${since}`,
      `  tandem status --config ${shellWord(config)}   shows what runs`,
      `  ${stopWords(holder)}     drains and stops it`,
      ...(config === self.config ? [] : [`  to run both, ${ownState(claim)}`]),
    ].join("\n"),
  );
}

function stopWords({ pid, config }: RunReport): string {
  return existsSync(config) ? `tandem stop --config ${shellWord(config)}` : `kill ${pid}`;
}
