// Algorithms that only the laboratory uses, for comparison; the configuration does not have them.
import { FullScan } from "./choose/full-scan.ts";
import { PowerOfChoices } from "./choose/power-of-choices.ts";
import { type OracleServer, TrueInFlight } from "./load/oracle.ts";
import { Reported } from "./load/reported.ts";
import type { Picker, PickerEnvironment, PickServer } from "./picker.ts";

/**
 * Join the shortest queue: picks the server that has the fewest requests from all balancers
 * together. No real balancer can know that number.
 */
export const jsq = <S extends OracleServer>(environment: PickerEnvironment): Picker<S> =>
  new FullScan<S>(environment, new TrueInFlight());

/**
 * Makes a picker that draws `draws` servers (0 = all) and picks the one with the fewest requests in
 * its last report. The reports are out of date when they are used, and the laboratory shows the
 * effect.
 */
export const leastReported = <S extends PickServer>(
  environment: PickerEnvironment,
  draws = 0,
): Picker<S> => new PowerOfChoices<S>(environment, new Reported(), draws);
