// Yardsticks for the laboratory: algorithms that know what no real balancer can. They are not in the configuration.
import { FullScan } from "./choose/full-scan.ts";
import { PowerOfChoices } from "./choose/power-of-choices.ts";
import { type OracleServer, RemainingWork, TrueInFlight } from "./load/oracle.ts";
import { Reported } from "./load/reported.ts";
import type { Picker, PickerEnvironment, PickServer } from "./picker.ts";

/** Join the shortest queue: the server with truly the fewest requests. */
const jsq = <S extends OracleServer>(environment: PickerEnvironment): Picker<S> =>
  new FullScan<S>(environment, new TrueInFlight());

/** Least work left: equivalent to one central first-come-first-served queue. */
const leastWorkLeft = <S extends OracleServer>(environment: PickerEnvironment): Picker<S> =>
  new FullScan<S>(environment, new RemainingWork());

/** The fewest requests as last reported, of `draws` servers (0 = all): a bulletin board that is out of date. */
export const leastReported = <S extends PickServer>(
  environment: PickerEnvironment,
  draws = 0,
): Picker<S> => new PowerOfChoices<S>(environment, new Reported(), draws);

export const ORACLES = { jsq, "least-work-left": leastWorkLeft } as const;
