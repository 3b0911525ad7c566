// Whose the processes of a state folder are. Two files in one folder share the default `state:`, and a command given
// one of them must not touch what runs from the other.
import { existsSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { Config } from "@tandem/config";
import { Refusal } from "./refusal.ts";
import { liveRuns, type RunReport } from "./run-file.ts";
import { shellWord } from "./shell-word.ts";

/** What a command was given: a file, and from it the site and the state folder. */
export interface Claim {
  /** As it was typed. */
  readonly file: string;
  readonly site: string;
  readonly state: string;
}

export interface StateRuns {
  /** Of the claim's site. */
  readonly own: readonly RunReport[];
  /** Another site's; undefined when the state folder is this site's alone. */
  readonly foreign: RunReport | undefined;
}

export function claimOf({ site, state }: Config, file: string): Claim {
  return { file, site, state };
}

/** What runs in the claim's state folder now; of its own site only on `box`, where one is named. */
export function stateRuns(claim: Claim, box?: string): StateRuns {
  const runs = liveRuns(claim.state);
  return {
    own: runs.filter((run) => !isForeign(run, claim) && (box ?? run.box) === run.box),
    foreign: runs.find((run) => isForeign(run, claim)),
  };
}

/** The site is the same in a file that was moved, and the file is the same when its `site:` was edited. */
function isForeign(run: RunReport, { site, file }: Claim): boolean {
  return run.site !== site && run.config !== resolve(file);
}

/** Throws a Refusal when the claim's state folder is in use by another site. */
export function refuseForeign(claim: Claim): void {
  const { foreign } = stateRuns(claim);
  if (foreign !== undefined) throw foreignState(foreign, claim);
}

/** Why `claim` may not use its state folder, and what to write so that it has its own. */
export function foreignState(run: RunReport, claim: Claim): Refusal {
  return new Refusal(`${foreignWords(run, claim)}\n  ${ownState(claim)}`);
}

/** The same for a stop, which may have been meant for the other site. */
export function foreignStop(run: RunReport, claim: Claim): Refusal {
  return new Refusal(
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

/** The advice: what to write into which file. */
export function ownState({ file, site, state }: Claim): string {
  const name = `${state}-${site}`;
  const beside = dirname(state) === dirname(resolve(file));
  return `give ${file} a folder of its own: state: ${beside ? basename(name) : name}`;
}

/** Why the box of `self` cannot be run by it while `holder` runs it. */
export function boxTaken(holder: RunReport, self: RunReport, claim: Claim): Refusal {
  if (isForeign(holder, claim)) return foreignState(holder, claim);
  const { box, pid, since, config } = holder;
  return new Refusal(
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
