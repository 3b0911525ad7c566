// Finds the supervisors of a site on this machine, for the commands that ask something of them.
import type { Config } from "@tandem/config";
import { CommandRefusal } from "../refusal.ts";
import type { RunReport } from "../run-file.ts";
import { claimOf, foreignState, stateRuns } from "../state-owner.ts";
import type { SiteOptions } from "./options.ts";

/**
 * Returns the run of each supervisor. Throws a CommandRefusal when there is none: with `nothing`, or with the name of the
 * site whose supervisor uses the state folder.
 */
export function runningSupervisors(
  config: Config,
  options: SiteOptions,
  nothing: string,
): readonly RunReport[] {
  const claim = claimOf(config, options.config);
  const { own, foreign } = stateRuns(claim, options.box);
  // A supervisor has a run file for each of its boxes.
  const supervisors = [...new Map(own.map((run) => [run.pid, run])).values()];
  if (supervisors.length === 0)
    throw foreign === undefined ? new CommandRefusal(nothing) : foreignState(foreign, claim);
  return supervisors;
}
