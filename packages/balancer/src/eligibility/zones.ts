// How traffic is split over zones. There are three policies. By weight: each zone has a weight, which is reduced when
// its servers are down (Envoy's locality weighted balancing). Zone aware: as much as possible stays in the local zone
// (Envoy's zone aware routing). Load aware: traffic stays in the local zone while that zone is hardly busier than the
// others (the load-aware locality policy proposed for Envoy).
import { availability, type GroupHealth, OVERPROVISIONING } from "./availability.ts";
import { shareOut } from "./priorities.ts";

/** Returns the share of the traffic that each zone gets, in proportion to weight × availability. */
export function localityShares(
  zones: readonly (GroupHealth & { readonly weight: number })[],
  overprovisioning = OVERPROVISIONING,
): number[] {
  return shareOut(zones.map((zone) => zone.weight * availability(zone, overprovisioning)));
}

export interface ZoneCapacity {
  /** The part of all clients' requests that begins in this zone, 0 to 1. */
  readonly origin: number;
  /** The part of all servers' capacity that is in this zone, 0 to 1. */
  readonly capacity: number;
}

/**
 * Returns, for each zone, the share of the requests of zone `local` (an index into `zones`) that
 * goes to that zone. Zone `local` takes as many of its requests as it can, and zones with capacity
 * left over take the rest.
 */
export function zoneAwareShares(zones: readonly ZoneCapacity[], local: number): number[] {
  const ours = zones[local];
  const stay = ours === undefined || ours.origin === 0 ? 1 : ours.capacity / ours.origin;
  const left = zones.map(({ capacity, origin }, zone) =>
    zone === local ? 0 : Math.max(0, capacity - origin),
  );
  const elsewhere = shareOut(left);
  // When no other zone has capacity left over (by rounding, or for lack of servers), the local zone keeps all of its
  // requests.
  const kept = elsewhere.every((share) => share === 0) ? 1 : Math.min(1, stay);
  return elsewhere.map((share, zone) => (zone === local ? kept : share * (1 - kept)));
}

export interface ZoneLoad {
  readonly servers: number;
  /** The smoothed utilization of the zone's servers, 0 to 1. */
  readonly utilization: number;
}

/**
 * TOLERANCE: the local zone keeps its requests while its utilization (0 to 1) is at most this much
 * above the average of the other zones. PROBE_SHARE: the share of requests that leaves the local
 * zone even then, to learn how busy the other zones are.
 */
const TOLERANCE = 0.1;
const PROBE_SHARE = 0.03;

/**
 * Returns the share of the requests that each zone gets, in proportion to its idle capacity. But while zone `local` (if
 * given) is not much busier than the other zones, that zone takes all requests except the share PROBE_SHARE.
 */
export function loadAwareShares(zones: readonly ZoneLoad[], local?: number): number[] {
  const idle = ({ servers, utilization }: ZoneLoad) => servers * Math.max(0, 1 - utilization);
  const ours = local === undefined ? undefined : zones[local];
  const others = zones.filter((zone) => zone !== ours);
  const shares = shareOut(zones.map(idle));
  if (ours === undefined || others.length === 0) return shares;
  const servers = others.reduce((sum, zone) => sum + zone.servers, 0);
  const busy = others.reduce((sum, zone) => sum + zone.servers * zone.utilization, 0) / servers;
  if (!(ours.utilization <= busy + TOLERANCE)) return shares;
  const away = shareOut(zones.map((zone) => (zone === ours ? 0 : idle(zone))));
  const leaving = away.some((share) => share > 0) ? PROBE_SHARE : 0;
  return away.map((share, zone) => (zone === local ? 1 - leaving : share * leaving));
}
