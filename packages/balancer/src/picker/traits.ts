// What each algorithm needs from the balancer around it, so that nothing is extracted, timed or asked in vain.
import type { Algorithm } from "./pickers.ts";

export interface Traits {
  /** Keeps requests together by a key. */
  readonly keyed: boolean;
  /** Follows a weight that changes in small steps; where not, slow start would be ignored or move keys. */
  readonly slowStart: boolean;
  /** Learns from what servers report. */
  readonly reports: boolean;
  /** Asks for probes. */
  readonly probes: boolean;
}

const PLAIN: Traits = {
  keyed: false,
  slowStart: true,
  reports: false,
  probes: false,
};
const KEYED: Traits = { ...PLAIN, keyed: true, slowStart: false };

export const TRAITS: Readonly<Record<Algorithm, Traits>> = {
  "round-robin": PLAIN,
  "static-rr": { ...PLAIN, slowStart: false },
  "least-conn": PLAIN,
  random: PLAIN,
  "peak-ewma": PLAIN,
  "least-time": PLAIN,
  prequal: { ...PLAIN, reports: true, probes: true },
  first: { ...PLAIN, slowStart: false },
  source: KEYED,
  uri: KEYED,
  header: KEYED,
  query: KEYED,
  cookie: KEYED,
  "client-side-wrr": { ...PLAIN, slowStart: false, reports: true },
  "join-idle-queue": { ...PLAIN, slowStart: false, reports: true },
};
