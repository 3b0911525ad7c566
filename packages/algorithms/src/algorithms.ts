// The table of all algorithms, by their names in tandem.yaml. A row holds everything that the other
// packages need to know about an algorithm. The configuration schema, the configuration reference,
// the balancer, the laboratory and the micro benchmark all read the rows, in this order.
import { clientSideWrr } from "./client-side-wrr.ts";
import { first } from "./first.ts";
import { cookie, header, query, source, uri } from "./hashing.ts";
import { joinIdleQueue } from "./join-idle-queue.ts";
import { leastConn } from "./least-conn.ts";
import { leastTime } from "./least-time.ts";
import { peakEwma } from "./peak-ewma.ts";
import { prequal } from "./prequal/prequal.ts";
import { random } from "./random.ts";
import { roundRobin } from "./round-robin.ts";
import { staticRr } from "./static-rr.ts";

export const ALGORITHMS = {
  "round-robin": roundRobin,
  "static-rr": staticRr,
  "least-conn": leastConn,
  random,
  "peak-ewma": peakEwma,
  "least-time": leastTime,
  prequal,
  first,
  source,
  uri,
  header,
  query,
  cookie,
  "client-side-wrr": clientSideWrr,
  "join-idle-queue": joinIdleQueue,
} as const;

export type AlgorithmName = keyof typeof ALGORITHMS;

export const ALGORITHM_NAMES = Object.keys(ALGORITHMS) as readonly AlgorithmName[];
