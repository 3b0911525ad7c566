// Every check by its number. A new one is a file and a row.
import type { Check } from "./check.ts";
import { conservation } from "./e1-conservation.ts";
import { mm1, randomSplit } from "./e2-mm1.ts";
import { mg1 } from "./e3-mg1.ts";
import { sharing } from "./e4-sharing.ts";
import { centralQueue, leastWorkLeft } from "./e5-central-queue.ts";
import { roundRobin } from "./e8-round-robin.ts";

export const CHECKS: readonly Check[] = [
  conservation,
  mm1,
  mg1,
  sharing,
  centralQueue,
  leastWorkLeft,
  randomSplit,
  roundRobin,
];
