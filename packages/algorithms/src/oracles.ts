// Algorithms that only the laboratory uses, for comparison; the configuration does not have them.
// Those in ORACLES know more than a real balancer can know.
import { FullScan } from "./choose/full-scan.ts";
import { PowerOfChoices } from "./choose/power-of-choices.ts";
import { type OracleServer, RemainingWork, TrueInFlight } from "./load/oracle.ts";
import { Reported } from "./load/reported.ts";
import type { Picker, PickerEnvironment, PickServer } from "./picker.ts";

/**
 * Join the shortest queue: picks the server that has the fewest requests from all balancers
 * together.
 */
const jsq = <S extends OracleServer>(environment: PickerEnvironment): Picker<S> =>
  new FullScan<S>(environment, new TrueInFlight());

/**
 * Least work left: picks the server that would be idle first if no further request came. This is
 * equivalent to one central first-come-first-served queue.
 */
const leastWorkLeft = <S extends OracleServer>(environment: PickerEnvironment): Picker<S> =>
  new FullScan<S>(environment, new RemainingWork());

/**
 * Makes a picker that draws `draws` servers (0 = all) and picks the one with the fewest requests in
 * its last report. The reports are out of date when they are used, and the laboratory shows the
 * effect.
 */
export const leastReported = <S extends PickServer>(
  environment: PickerEnvironment,
  draws = 0,
): Picker<S> => new PowerOfChoices<S>(environment, new Reported(), draws);

export const ORACLES = { jsq, "least-work-left": leastWorkLeft } as const;
