// Makes the list that an algorithm chooses from: backups, failover levels, zones, panic and slow
// start decide which servers are in it and with what weight. So every algorithm that respects
// weights respects backups, levels, zones, panic and slow start too. `eligible` is a pure function.
// It is not called for each request, but when a state or a weight has changed, and every second
// while its last result has `warming` set.
import { availability, type GroupHealth, OVERPROVISIONING } from "./availability.ts";
import type { Eligible, Member } from "./member.ts";
import { DEFAULT_PANIC, inPanic, type Panic } from "./panic.ts";
import { priorityLoads, totalAvailability } from "./priorities.ts";
import { NO_SLOW_START, type SlowStart, slowStartFactor } from "./slow-start.ts";
import { localityShares } from "./zones.ts";

export interface EligibilityOptions {
  readonly overprovisioning: number;
  readonly panic: Panic;
  readonly slowStart: SlowStart;
  /**
   * The zone of this balancer. Other zones get only the requests that this zone cannot take. Undefined = no zone is
   * preferred.
   */
  readonly localZone: string | undefined;
  /**
   * The weight of each zone: traffic is divided in proportion to the weights while all servers are up. A zone that is
   * not named has weight 1. Undefined = traffic is not divided by zone.
   */
  readonly zoneWeights: Readonly<Record<string, number>> | undefined;
  /** Whether all backups are used while no other server is up. If false, only the first backup that is up is used. */
  readonly allBackups: boolean;
}

export const DEFAULT_ELIGIBILITY: EligibilityOptions = {
  overprovisioning: OVERPROVISIONING,
  panic: DEFAULT_PANIC,
  slowStart: NO_SLOW_START,
  localZone: undefined,
  zoneWeights: undefined,
  allBackups: false,
};

/** A share below this is a rounding error of binary fractions and counts as 0. */
const ROUNDING = 1e-9;

/**
 * Servers that together get the part `share` (0 to 1) of the traffic. Among these servers, the
 * traffic is shared in proportion to their weights.
 */
interface Group<M> {
  readonly members: readonly M[];
  readonly share: number;
}

export function eligible<M extends Member>(
  members: readonly M[],
  options: EligibilityOptions,
  now: number,
): Eligible<M> {
  const wanted = withoutDegraded(members, options.panic);
  const levels = levelsOf(withoutIdleBackups(wanted, options), options.localZone);
  const health = levels.map(groupHealthOf);
  const available = health.map((level) => availability(level, options.overprovisioning));
  const whole = totalAvailability(available);
  const loads = priorityLoads(health, options.overprovisioning);
  let panic = false;
  const groups = levels.flatMap((level, index) => {
    const panics = inPanic(groupHealthOf(level), whole, options.panic);
    panic ||= panics;
    const chosen = panics ? level : level.filter(isUp);
    return zonesOf(chosen, level, loads[index] ?? 0, options);
  });
  const own = (member: M) => member.weight * factorOf(member, options.slowStart, now);
  const used = groups.filter(({ members, share }) => members.length > 0 && share > ROUNDING);
  const servers = used.flatMap((group) => group.members);
  const warming = servers.some((member) => factorOf(member, options.slowStart, now) < 1);
  return { servers, weights: weigh(used, own), panic, warming };
}

const isUp = (member: Member) => member.state === "up";

function groupHealthOf(members: readonly Member[]): GroupHealth {
  return { up: members.filter(isUp).length, total: members.length };
}

/**
 * Leaves out degraded servers, which cannot do all of their work, while any server that is not degraded is up, even a
 * backup (Envoy's degraded endpoints). In a large group, degraded servers stay in the list when the other servers are
 * too few to carry the load alone. `inPanic` decides whether they are too few.
 */
function withoutDegraded<M extends Member>(members: readonly M[], panic: Panic): readonly M[] {
  const up = members.filter((member) => isUp(member) && member.weight > 0);
  const whole = up.filter(({ degraded }) => degraded !== true);
  const tooFew = whole.length === 0 || inPanic({ up: whole.length, total: up.length }, 0, panic);
  return tooFew ? members : members.filter((member) => !isUp(member) || member.degraded !== true);
}

/** Returns the servers that may get requests at all. Backups are among them only while no other server is up. */
function withoutIdleBackups<M extends Member>(
  members: readonly M[],
  { allBackups }: EligibilityOptions,
): readonly M[] {
  const possible = members.filter(
    ({ weight, state }) => weight > 0 && (state === "up" || state === "down"),
  );
  const regular = possible.filter(({ backup }) => !backup);
  const backups = possible.filter(({ backup }) => backup);
  const first = backups.find(isUp);
  if (regular.some(isUp) || first === undefined) return notEmpty(regular, backups);
  return allBackups ? backups : [first];
}

function notEmpty<T>(first: readonly T[], second: readonly T[]): readonly T[] {
  return first.length > 0 ? first : second;
}

/**
 * Returns the servers in groups by priority, the lowest number first. Within a priority, the servers of the local zone
 * are a group of their own before the servers of other zones.
 */
function levelsOf<M extends Member>(members: readonly M[], localZone: string | undefined): M[][] {
  const away = ({ zone }: M) => (localZone === undefined || zone === localZone ? 0 : 1);
  const levelOf = (member: M) => member.priority * 2 + away(member);
  const order = [...new Set(members.map(levelOf))].sort((a, b) => a - b);
  return order.map((level) => members.filter((member) => levelOf(member) === level));
}

/**
 * Divides `share`, the share of the traffic of one failover level, among the level's zones by their weights. Without
 * zone weights, all servers of the level form one group.
 */
function zonesOf<M extends Member>(
  chosen: readonly M[],
  level: readonly M[],
  share: number,
  { zoneWeights, overprovisioning }: EligibilityOptions,
): Group<M>[] {
  if (zoneWeights === undefined) return [{ members: chosen, share }];
  const names = [...new Set(level.map(({ zone }) => zone))];
  const inZone = (list: readonly M[], name: string | undefined) =>
    list.filter(({ zone }) => zone === name);
  const zones = names.map((name) => {
    // In a panic, servers that are down are in `chosen` too, so they count as up here.
    const [up, total] = [inZone(chosen, name).length, inZone(level, name).length];
    return { up, total, weight: zoneWeights[name ?? ""] ?? 1 };
  });
  const shares = localityShares(zones, overprovisioning);
  return names.map((name, index) => ({
    members: inZone(chosen, name),
    share: share * (shares[index] ?? 0),
  }));
}

function factorOf({ upSinceMs }: Member, slowStart: SlowStart, now: number): number {
  return upSinceMs === undefined ? 1 : slowStartFactor(Math.max(0, now - upSinceMs), slowStart);
}

/**
 * Returns the weights of all servers. A single group keeps its weights. The weights of several groups are scaled, so
 * that each group gets its share.
 */
function weigh<M>(groups: readonly Group<M>[], own: (member: M) => number): number[] {
  const sum = (members: readonly M[]) => members.reduce((total, member) => total + own(member), 0);
  if (groups.length <= 1) return groups.flatMap(({ members }) => members.map(own));
  const all = groups.reduce((total, { members }) => total + sum(members), 0);
  const shared = groups.reduce((total, { share }) => total + share, 0);
  return groups.flatMap(({ members, share }) => {
    const scale = ((share / shared) * all) / sum(members);
    return members.map((member) => own(member) * scale);
  });
}
