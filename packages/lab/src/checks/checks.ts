// Lists every check by its number. A new check needs a file and a row here.
import type { Check } from "./check.ts";
import { conservation } from "./e1-conservation.ts";
import { mm1, randomSplit } from "./e2-mm1.ts";
import { mg1 } from "./e3-mg1.ts";
import { sharing } from "./e4-sharing.ts";
import { centralQueue, leastWorkLeft } from "./e5-central-queue.ts";
import { roundRobin } from "./e8-round-robin.ts";
import { jumpVectors, maglevEven, maglevPaper } from "./h-hashing.ts";
import { disruptionOfChange } from "./h3-disruption.ts";
import { boundedLoad } from "./h5-bounded-load.ts";
import { linkerdExperiment } from "./r1-linkerd.ts";
import { prequalLoadRamp, prequalOnFew } from "./r2-prequal.ts";
import { publishedTables } from "./r6-tables.ts";
import { fanOut } from "./r7-fan-out.ts";
import { supermarketModel } from "./t1-supermarket.ts";
import { ballsIntoBins } from "./t2-balls.ts";
import { staleInformation } from "./t3-stale.ts";
import { manyBalancers } from "./t4-many-balancers.ts";
import { joinIdleQueue } from "./t5-join-idle-queue.ts";

export const CHECKS: readonly Check[] = [
  conservation,
  mm1,
  mg1,
  sharing,
  centralQueue,
  leastWorkLeft,
  randomSplit,
  roundRobin,
  supermarketModel,
  ballsIntoBins,
  staleInformation,
  manyBalancers,
  joinIdleQueue,
  maglevPaper,
  maglevEven,
  disruptionOfChange,
  jumpVectors,
  boundedLoad,
  linkerdExperiment,
  prequalLoadRamp,
  publishedTables,
  fanOut,
  prequalOnFew,
];
