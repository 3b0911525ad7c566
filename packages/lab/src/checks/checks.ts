// Lists every check by its number. A new check needs a file and a row here.
import type { Check } from "./check.ts";
import { conservation } from "./e1-conservation.ts";
import { mm1, randomSplit } from "./e2-mm1.ts";
import { mg1 } from "./e3-mg1.ts";
import { sharing } from "./e4-sharing.ts";
import { centralQueue, constantService, leastWorkLeft } from "./e5-central-queue.ts";
import { roundRobin } from "./e8-round-robin.ts";
import { fewServers, weightedLoad } from "./e10-few-servers.ts";
import { burstyArrivals, roundRobinsOutOfStep } from "./e12-arrivals.ts";
import { closedLoops, triedAgain } from "./e14-clients.ts";
import { jumpVectors, maglevEven, maglevPaper } from "./h-hashing.ts";
import { disruptionOfChange } from "./h3-disruption.ts";
import { boundedLoad } from "./h5-bounded-load.ts";
import { maglevFromPaper, sharesByWeight } from "./h6-weights.ts";
import { linkerdExperiment } from "./r1-linkerd.ts";
import { prequalLoadRamp, prequalOnFew } from "./r2-prequal.ts";
import { publishedTables } from "./r6-tables.ts";
import { fanOut } from "./r7-fan-out.ts";
import { coverage } from "./s1-coverage.ts";
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
  constantService,
  fewServers,
  weightedLoad,
  burstyArrivals,
  roundRobinsOutOfStep,
  closedLoops,
  triedAgain,
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
  sharesByWeight,
  maglevFromPaper,
  coverage,
  linkerdExperiment,
  prequalLoadRamp,
  publishedTables,
  fanOut,
  prequalOnFew,
];
