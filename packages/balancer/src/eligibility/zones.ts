// How traffic is split over zones. Three policies: weights by zone, lessened by what is down (Envoy's locality
// weighted balancing); as much as possible at home (Envoy's zone aware routing); and by how busy the zones are,
// at home while that is hardly busier than elsewhere (the load-aware locality policy proposed for Envoy).
import { availability, type GroupHealth, OVERPROVISIONING } from "./availability.ts";
import { shareOut } from "./priorities.ts";

/** Shares by zone weights: weight × availability. */
export function localityShares(
  zones: readonly (GroupHealth & { readonly weight: number })[],
  overprovisioning = OVERPROVISIONING,
): number[] {
  return shareOut(zones.map((zone) => zone.weight * availability(zone, overprovisioning)));
}

export interface ZoneCapacity {
  /** The part of all clients' requests that begins in this zone. */
  readonly origin: number;
  /** The part of all servers' capacity that is in this zone. */
  readonly capacity: number;
}

/** Shares of the requests that begin in zone `local`: home first, the rest where capacity is left over. */
export function zoneAwareShares(zones: readonly ZoneCapacity[], local: number): number[] {
  const home = zones[local];
  const stay = home === undefined || home.origin === 0 ? 1 : home.capacity / home.origin;
  const left = zones.map(({ capacity, origin }, zone) =>
    zone === local ? 0 : Math.max(0, capacity - origin),
  );
  const elsewhere = shareOut(left);
  // Where nobody has any left over, by rounding or for lack of servers, home keeps it all.
  const atHome = elsewhere.every((share) => share === 0) ? 1 : Math.min(1, stay);
  return elsewhere.map((share, zone) => (zone === local ? atHome : share * (1 - atHome)));
}

export interface ZoneLoad {
  readonly servers: number;
  /** Smoothed, 0 to 1. */
  readonly utilization: number;
}

/** How much busier home may be before requests leave it, and what leaves anyway, to keep learning. */
const TOLERANCE = 0.1;
const PROBE_SHARE = 0.03;

/** Shares by idle capacity; home, where there is one, takes all but a probe while it is not much busier. */
export function loadAwareShares(zones: readonly ZoneLoad[], local?: number): number[] {
  const idle = ({ servers, utilization }: ZoneLoad) => servers * Math.max(0, 1 - utilization);
  const home = local === undefined ? undefined : zones[local];
  const others = zones.filter((zone) => zone !== home);
  const shares = shareOut(zones.map(idle));
  if (home === undefined || others.length === 0) return shares;
  const servers = others.reduce((sum, zone) => sum + zone.servers, 0);
  const busy = others.reduce((sum, zone) => sum + zone.servers * zone.utilization, 0) / servers;
  if (!(home.utilization <= busy + TOLERANCE)) return shares;
  const away = shareOut(zones.map((zone) => (zone === home ? 0 : idle(zone))));
  const leaving = away.some((share) => share > 0) ? PROBE_SHARE : 0;
  return away.map((share, zone) => (zone === local ? 1 - leaving : share * leaving));
}
