// Every mutant. A new row needs a text that occurs once in its file; mutants.test.ts looks at all.
import type { Mutant } from "./mutant.ts";
import { CHOOSING } from "./table/choosing.ts";
import { PLACING } from "./table/placing.ts";
import { SIMULATOR } from "./table/simulator.ts";
import { STATISTICS } from "./table/statistics.ts";
import { TRAFFIC } from "./table/traffic.ts";

export const MUTANTS: readonly Mutant[] = [
  ...CHOOSING,
  ...PLACING,
  ...SIMULATOR,
  ...TRAFFIC,
  ...STATISTICS,
];
