// What every translated site has in common with its original, whichever program the original is for.
import type { Test } from "tap";
import type { BothSites } from "./both-sites.ts";
import {
  dotSegmentsAreResolved,
  headsAreLimited,
  otherHostsAreRefused,
  sameAnswers,
  sameLeastConnections,
  sameOutage,
  sameRedirects,
  sameShares,
  sameStickiness,
  sameTimeout,
  sameWebSockets,
} from "./same-answers.contract.ts";

/** What differs from program to program. The parameters of the functions with these names say what each value is. */
interface SameSite {
  readonly shares: Parameters<typeof sameShares>[2];
  readonly visitor: Parameters<typeof sameStickiness>[2];
}

interface SameEnd {
  readonly allDead: Parameters<typeof sameOutage>[2];
  readonly heads: Parameters<typeof headsAreLimited>[2];
}

/** Compares the sites while all their servers are up. */
export async function sameSite(
  t: Test,
  sites: BothSites,
  { shares, visitor }: SameSite,
): Promise<void> {
  await t.test("the same answers", (t) => sameAnswers(t, sites));
  await t.test("the same redirects", (t) => sameRedirects(t, sites));
  await t.test("the same shares", (t) => sameShares(t, sites, shares));
  await t.test("the same least connections", (t) => sameLeastConnections(t, sites));
  await t.test("the same stickiness", (t) => sameStickiness(t, sites, visitor));
  await t.test("the same WebSockets", (t) => sameWebSockets(t, sites));
  await t.test("the same timeout", (t) => sameTimeout(t, sites));
}

/** Compares the sites while servers are down, and what each refuses. */
export async function sameEnd(
  t: Test,
  sites: BothSites,
  { allDead, heads }: SameEnd,
): Promise<void> {
  await t.test("the same outage", (t) => sameOutage(t, sites, allDead));
  await t.test("other hosts are not redirected", (t) => otherHostsAreRefused(t, sites));
  await t.test("dot segments are resolved", (t) => dotSegmentsAreResolved(t, sites));
  await t.test("long heads", (t) => headsAreLimited(t, sites, heads));
}
