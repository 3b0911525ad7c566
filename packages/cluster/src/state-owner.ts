// Which site owns the processes of a state folder. Two files in one folder share the default `state:`. A command
// for one of the sites must not touch the processes of the other.
import { existsSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { Config } from "@tandem/config";
import { CommandRefusal } from "./refusal.ts";
import { liveRuns, type RunReport } from "./run-file.ts";
import { shellWord } from "./shell-word.ts";

/** What a command was given: a file, and from it the site and the state folder. */
export interface Claim {
  /** The name of the file as it was typed. */
  readonly file: string;
  readonly site: string;
  readonly state: string;
}

export interface StateRuns {
  /** Runs of the claim's own site. */
  readonly own: readonly RunReport[];
  /** A run of another site; undefined when the state folder is used by this site alone. */
  readonly foreign: RunReport | undefined;
}

export function claimOf({ site, state }: Config, file: string): Claim {
  return { file, site, state };
}

/**
 * The supervisors that run in the claim's state folder now. With `box`, those of its own site are limited to that
 * box.
 */
export function stateRuns(claim: Claim, box?: string): StateRuns {
  const runs = liveRuns(claim.state);
  return {
    own: runs.filter((run) => !isForeign(run, claim) && (box ?? run.box) === run.box),
    foreign: runs.find((run) => isForeign(run, claim)),
  };
}

/**
 * A run belongs to this site when either agrees: the site's name (the file may have been moved), or the file (its
 * `site:` may have been edited).
 */
function isForeign(run: RunReport, { site, file }: Claim): boolean {
  return run.site !== site && run.config !== resolve(file);
}

/** Throws a CommandRefusal when another site uses the claim's state folder. */
export function refuseForeign(claim: Claim): void {
  const { foreign } = stateRuns(claim);
  if (foreign !== undefined) throw foreignState(foreign, claim);
}

/** Why `claim` may not use its state folder, and what to write so that it gets its own. */
export function foreignState(run: RunReport, claim: Claim): CommandRefusal {
  return new CommandRefusal(`${foreignWords(run, claim)}\n  ${ownState(claim)}`);
}

/** The same message for `tandem stop`, with the command that stops the other site. */
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

/** The advice: which `state:` to write into which file. */
export function ownState({ file, site, state }: Claim): string {
  const name = `${state}-${site}`;
  const beside = dirname(state) === dirname(resolve(file));
  return `give ${file} a folder of its own: state: ${beside ? basename(name) : name}`;
}

/** Why `self` cannot run its box while `holder` runs it. */
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
