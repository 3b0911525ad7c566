// The counters of every frontend, backend and server. Each thread has its own row in shared memory, and the control
// thread sums the rows when the counters are asked for. So counting costs one addition, without a lock or a message.

import type { PickReason } from "@tandem/algorithms";
import { H2_CODES, H2_ENDS } from "@tandem/http/session/counted";
import type { RefusalReason } from "@tandem/transport";

/**
 * The columns of a row of counters. Times are sums in milliseconds over the exchanges that the column `timed` counts.
 */
export const COUNTER = {
  sessions: 0,
  current: 1,
  requests: 2,
  responses1xx: 3,
  responses2xx: 4,
  responses3xx: 5,
  responses4xx: 6,
  responses5xx: 7,
  responsesOther: 8,
  bytesIn: 9,
  bytesOut: 10,
  requestErrors: 11,
  connectErrors: 12,
  responseErrors: 13,
  retries: 14,
  clientAborts: 15,
  serverAborts: 16,
  loadBalanced: 17,
  connects: 18,
  reuses: 19,
  timed: 20,
  queueTime: 21,
  connectTime: 22,
  responseTime: 23,
  totalTime: 24,
  idle: 25,
  queued: 26,
  whyFirstChoice: 27,
  whyTie: 28,
  whyNext: 29,
  whyOverflow: 30,
  whyCold: 31,
  whyHot: 32,
  whyFallback: 33,
  whyNone: 34,
  refusedTooMany: 35,
  refusedAccept: 36,
  refusedTimeout: 37,
  refusedClosed: 38,
  refusedPlainHttp: 39,
  refusedVersion: 40,
  refusedCipher: 41,
  refusedGroup: 42,
  refusedProtocol: 43,
  refusedByClient: 44,
  refusedCertificate: 45,
  refusedMalformed: 46,
  refusedUntrusted: 47,
  refusedPreface: 48,
  refusedTooManyHandshakes: 49,
  refusedTooManyOfAddress: 50,
  refusedServerName: 51,
} as const;

/** The columns of HTTP/2 towards clients. Each reason and each code has one column, in the order of its list. */
export const H2_COUNTER = {
  openConnections: 52,
  totalConnections: 53,
  openStreams: 54,
  totalStreams: 55,
  requests: 56,
  ends: 57,
  resetsReceived: 57 + H2_ENDS.length,
  resetsSent: 57 + H2_ENDS.length + H2_CODES.length,
} as const;

export type Counter = (typeof COUNTER)[keyof typeof COUNTER];

const COLUMNS = H2_COUNTER.resetsSent + H2_CODES.length;

/** The length of a row. It is a multiple of 8, so that the rows of different threads are on different cache lines. */
export const ROW = 8 * Math.ceil(COLUMNS / 8);

/** The counters of one frontend, backend or server in one thread. */
export type CounterRow = Float64Array;

/** Returns the column that counts answers with this status. */
export function responseCounter(status: number): Counter {
  if (status >= 200 && status < 300) return COUNTER.responses2xx;
  if (status >= 300 && status < 400) return COUNTER.responses3xx;
  if (status >= 400 && status < 500) return COUNTER.responses4xx;
  if (status >= 500 && status < 600) return COUNTER.responses5xx;
  if (status >= 100 && status < 200) return COUNTER.responses1xx;
  return COUNTER.responsesOther;
}

/** The column for each reason why a server was picked. */
export const REASON_COUNTERS: Readonly<Record<PickReason, Counter>> = {
  "first-choice": COUNTER.whyFirstChoice,
  tie: COUNTER.whyTie,
  next: COUNTER.whyNext,
  overflow: COUNTER.whyOverflow,
  cold: COUNTER.whyCold,
  hot: COUNTER.whyHot,
  fallback: COUNTER.whyFallback,
  none: COUNTER.whyNone,
};

/** The column for each reason why a connection was refused. */
export const REFUSAL_COUNTERS: Readonly<Record<RefusalReason, Counter>> = {
  "too-many": COUNTER.refusedTooMany,
  "too-many-handshakes": COUNTER.refusedTooManyHandshakes,
  "too-many-of-address": COUNTER.refusedTooManyOfAddress,
  "server-name": COUNTER.refusedServerName,
  accept: COUNTER.refusedAccept,
  timeout: COUNTER.refusedTimeout,
  closed: COUNTER.refusedClosed,
  "plain-http": COUNTER.refusedPlainHttp,
  version: COUNTER.refusedVersion,
  cipher: COUNTER.refusedCipher,
  group: COUNTER.refusedGroup,
  protocol: COUNTER.refusedProtocol,
  "client-refused": COUNTER.refusedByClient,
  "client-certificate": COUNTER.refusedCertificate,
  malformed: COUNTER.refusedMalformed,
  untrusted: COUNTER.refusedUntrusted,
  preface: COUNTER.refusedPreface,
};
