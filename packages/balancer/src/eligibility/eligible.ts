// From all servers to the list an algorithm gets: backups, failover levels, zones, panic and slow start, all
// turned into who and with what weight, so that every algorithm that heeds weights heeds them too.
// Cold and pure: call it when a state or weight changed, and every second while `warming`.
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
  /** Home: other zones get what it cannot take. */
  readonly localZone: string | undefined;
  /** Share of each zone while all of it is up; a zone not named weighs 1. Undefined = zones do not matter. */
  readonly zoneWeights: Readonly<Record<string, number>> | undefined;
  /** While no other server is up, all backups share the traffic; else the first of them that is up has it. */
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

/** What is left over by binary fractions is nobody's share. */
const ROUNDING = 1e-9;

/** Servers that share a part of the traffic by their own weights. */
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
 * Without those that cannot do all of their work, while there is a whole one, be it a backup (Envoy's degraded
 * endpoints). In a large group they are left in when the whole ones are too few to bear it, as in a panic.
 */
function withoutDegraded<M extends Member>(members: readonly M[], panic: Panic): readonly M[] {
  const up = members.filter((member) => isUp(member) && member.weight > 0);
  const whole = up.filter(({ degraded }) => degraded !== true);
  const tooFew = whole.length === 0 || inPanic({ up: whole.length, total: up.length }, 0, panic);
  return tooFew ? members : members.filter((member) => !isUp(member) || member.degraded !== true);
}

/** Those that may get anything at all; backups only while no other is up. */
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

/** By priority, first the lowest; within one, home before the other zones. */
function levelsOf<M extends Member>(members: readonly M[], localZone: string | undefined): M[][] {
  const away = ({ zone }: M) => (localZone === undefined || zone === localZone ? 0 : 1);
  const levelOf = (member: M) => member.priority * 2 + away(member);
  const order = [...new Set(members.map(levelOf))].sort((a, b) => a - b);
  return order.map((level) => members.filter((member) => levelOf(member) === level));
}

/** A level's part of the traffic, split by zone weights when there are any. */
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
    // In panic the down ones count as up.
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

/** One group keeps its weights as they are; several are scaled to their shares of the weight of all. */
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
