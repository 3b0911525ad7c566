// Algorithms for comparison in the laboratory, which know more than a real balancer can. They are not in the
// configuration.
import { FullScan } from "./choose/full-scan.ts";
import { PowerOfChoices } from "./choose/power-of-choices.ts";
import { type OracleServer, RemainingWork, TrueInFlight } from "./load/oracle.ts";
import { Reported } from "./load/reported.ts";
import type { Picker, PickerEnvironment, PickServer } from "./picker.ts";

/** Join the shortest queue: picks the server that really has the fewest requests. */
const jsq = <S extends OracleServer>(environment: PickerEnvironment): Picker<S> =>
  new FullScan<S>(environment, new TrueInFlight());

/**
 * Least work left: picks the server with the least work left. This is equivalent to one central first-come-first-served
 * queue.
 */
const leastWorkLeft = <S extends OracleServer>(environment: PickerEnvironment): Picker<S> =>
  new FullScan<S>(environment, new RemainingWork());

/**
 * Picks the server with the fewest requests in its last report, of `draws` drawn servers (0 = of all servers). So all
 * balancers choose by numbers that are out of date.
 */
export const leastReported = <S extends PickServer>(
  environment: PickerEnvironment,
  draws = 0,
): Picker<S> => new PowerOfChoices<S>(environment, new Reported(), draws);

export const ORACLES = { jsq, "least-work-left": leastWorkLeft } as const;
