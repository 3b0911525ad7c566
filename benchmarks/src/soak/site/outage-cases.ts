// The outages that a test makes behind the balancers of a site, and how the status of box1's
// balancer has to report each outage.
import type { Mariadb } from "@tandem/appserver/testing";
import { BOXES, type Box, type TierName } from "./config.ts";
import type { Site, SiteStatus } from "./site.ts";

export interface OutageCase {
  readonly what: string;
  readonly health: Exclude<SiteStatus["health"], "healthy">;
  /**
   * What the status has to name as broken (`web`, `application` or `database`), and a pattern that
   * the reported reason has to match.
   */
  readonly link: string;
  readonly why: RegExp;
  /** Whether a webserver is left, so that files are still served. */
  readonly filesGoOn: boolean;
  begin(site: Site, database: Mariadb): Promise<void>;
  end(site: Site, database: Mariadb): Promise<void>;
}

const REFUSED = /ECONNREFUSED/;
const LATE = /no (answer|connection) within/;

const killed = (tier: TierName, boxes: readonly Box[]): Pick<OutageCase, "begin" | "end"> => ({
  begin: async (site) => {
    for (const box of boxes) site.signal(tier, box, "SIGKILL");
  },
  end: async (site) => {
    for (const box of boxes) await site.start(tier, box);
  },
});

const frozen = (tier: TierName, box: Box): Pick<OutageCase, "begin" | "end"> => ({
  begin: async (site) => site.signal(tier, box, "SIGSTOP"),
  end: async (site) => site.signal(tier, box, "SIGCONT"),
});

export const OUTAGES: readonly OutageCase[] = [
  {
    ...{ what: "an appserver is killed", health: "degraded", filesGoOn: true },
    ...{ link: "application", why: REFUSED, ...killed("appserver", ["box2"]) },
  },
  {
    ...{ what: "an appserver is frozen", health: "degraded", filesGoOn: true },
    ...{ link: "application", why: LATE, ...frozen("appserver", "box2") },
  },
  {
    ...{ what: "an appserver is being stopped", health: "degraded", filesGoOn: true },
    ...{ link: "application", why: /draining|ECONNREFUSED/ },
    begin: async (site) => site.signal("appserver", "box2", "SIGTERM"),
    end: (site) => site.start("appserver", "box2"),
  },
  {
    ...{ what: "both appservers are killed", health: "down", filesGoOn: true },
    ...{ link: "application", why: REFUSED, ...killed("appserver", BOXES) },
  },
  {
    ...{ what: "a webserver is killed", health: "degraded", filesGoOn: true },
    ...{ link: "web", why: REFUSED, ...killed("webserver", ["box2"]) },
  },
  {
    ...{ what: "a webserver is frozen", health: "degraded", filesGoOn: true },
    ...{ link: "web", why: LATE, ...frozen("webserver", "box2") },
  },
  {
    ...{ what: "both webservers are killed", health: "down", filesGoOn: false },
    ...{ link: "web", why: REFUSED, ...killed("webserver", BOXES) },
  },
  {
    ...{ what: "the database is stopped", health: "down", filesGoOn: true },
    ...{ link: "database", why: /\w/ },
    begin: (_site, database) => database.stop(),
    end: (_site, database) => database.start(),
  },
  {
    ...{ what: "the database is frozen", health: "down", filesGoOn: true },
    ...{ link: "database", why: LATE },
    begin: async (_site, database) => database.freeze(),
    end: async (_site, database) => database.thaw(),
  },
];
