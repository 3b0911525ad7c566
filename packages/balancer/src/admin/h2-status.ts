// What the status says of HTTP/2, towards the clients of a frontend and towards a server.
import { H2_CODES, H2_ENDS, type H2End } from "@tandem/http/session";
import { H2_COUNTER } from "../memory/counters.ts";
import type { Tally } from "../memory/tally.ts";

type Code = (typeof H2_CODES)[number];

export interface H2Status {
  readonly openConnections: number;
  readonly totalConnections: number;
  readonly openStreams: number;
  readonly totalStreams: number;
  /** How many of the frontend's `requests` came over HTTP/2. */
  readonly requests: number;
  /** Why sessions ended. The names that end in `-flood` or `reset` are attacks, or clients with a bad fault. */
  readonly ended: Readonly<Record<H2End, number>>;
  /** The RST_STREAM frames of clients and of this balancer, by code. */
  readonly resetsReceived: Readonly<Record<Code, number>>;
  readonly resetsSent: Readonly<Record<Code, number>>;
}

export function h2Status(tally: Tally): H2Status {
  const { openConnections, totalConnections, openStreams, totalStreams, requests } = H2_COUNTER;
  const columns = <Name extends string>(names: readonly Name[], first: number) =>
    Object.fromEntries(names.map((name, index) => [name, tally.sum(first + index)])) as Readonly<
      Record<Name, number>
    >;
  return {
    openConnections: tally.sum(openConnections),
    totalConnections: tally.sum(totalConnections),
    openStreams: tally.sum(openStreams),
    totalStreams: tally.sum(totalStreams),
    requests: tally.sum(requests),
    ended: columns(H2_ENDS, H2_COUNTER.ends),
    resetsReceived: columns(H2_CODES, H2_COUNTER.resetsReceived),
    resetsSent: columns(H2_CODES, H2_COUNTER.resetsSent),
  };
}

/** Returns the connections of HTTP/2 to a server. */
export function h2ServerStatus(tally: Tally) {
  const { openConnections, totalConnections } = H2_COUNTER;
  return {
    openConnections: tally.sum(openConnections),
    totalConnections: tally.sum(totalConnections),
  };
}
