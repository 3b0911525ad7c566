// Describes the parts that a request to a backend passes through, as the links of a chain: first web, then
// application, then database. Each link has a state, the time since when the link has that state, and the reason. The
// operator sees the chain, and the overall health is worked out from the chain.
import type { ReadyCheck } from "@tandem/telemetry";
import type { SystemParts } from "../health/system-parts.ts";

/**
 * The states of a link of the chain. down: no part of the link works. degraded: only
 * some parts work, or the parts can do only some of their work. unknown: the link gets requests, but neither a check
 * nor a request has shown yet that any of its parts works.
 */
export const LINK_STATES = ["up", "unknown", "degraded", "down"] as const;
export type LinkState = (typeof LINK_STATES)[number];

export interface Link {
  /**
   * For the link of a backend's own servers, the backend's name. For another link, the kind of part that the servers
   * report: application, database or sessions.
   */
  readonly name: string;
  readonly state: LinkState;
  /** ISO time since when the link is down or degraded; empty while it is up or unknown. */
  readonly since: string;
  /** Why the link is in this state, in words for the operator; empty while the link is up. */
  readonly why: string;
  /**
   * The servers, or the parts of another kind, that the link stands for. A part that several servers report is listed
   * once for each of these servers.
   */
  readonly parts: readonly ReadyCheck[];
}

export function chainOf(byKind: SystemParts): readonly Link[] {
  return [...byKind].map(([name, parts]) => linkOf(name, parts));
}

function linkOf(name: string, parts: readonly ReadyCheck[]): Link {
  const ailing = parts.filter(({ status }) => status !== "pass");
  if (ailing.length === 0) return { name, ...wellOrUnseen(parts), since: "", parts };
  const down = parts.every(({ status }) => status === "fail");
  const since = sinceOf(
    ailing.map((part) => part.since),
    down,
  );
  return { name, state: down ? "down" : "degraded", since, why: reasons(ailing), parts };
}

/**
 * Returns when a link became down or degraded. `times` has the time at which each part that does not work failed: the
 * link is degraded since the earliest of these times, and down since the latest.
 */
export function sinceOf(times: readonly string[], down: boolean): string {
  const sorted = times.toSorted();
  return (down ? sorted.at(-1) : sorted[0]) ?? "";
}

/**
 * Returns the state of a link without failing parts: up if at least one part has been seen to work. One part is
 * enough, because a backup may never get a request.
 */
function wellOrUnseen(parts: readonly ReadyCheck[]): Pick<Link, "state" | "why"> {
  const unseen = parts.length > 0 && parts.every(({ assumed }) => assumed);
  return unseen ? { state: "unknown", why: reasons(parts) } : { state: "up", why: "" };
}

/** Returns each reason once, with the servers that report that reason. */
function reasons(parts: readonly ReadyCheck[]): string {
  const groups = Map.groupBy(parts, ({ componentId, output }) => `${componentId}: ${output}`);
  return [...groups]
    .map(([words, all]) => {
      const seers = all.flatMap(({ seenBy }) => (seenBy === "" ? [] : [seenBy]));
      return seers.length === 0 ? words : `${words} (seen by ${seers.join(", ")})`;
    })
    .join("; ");
}

/** Returns the health of the worst of several chains. */
export function healthOf(chains: readonly (readonly Link[])[]): ChainHealth {
  return worstOf(chains.map(healthOfOne));
}

/** Returns the worst of the given values; healthy when there are none. */
export function worstOf(healths: readonly ChainHealth[]): ChainHealth {
  const all = new Set(healths);
  return WORST_FIRST.find((health) => all.has(health)) ?? "healthy";
}

const WORST_FIRST = ["down", "degraded", "unknown", "healthy"] as const;
export type ChainHealth = (typeof WORST_FIRST)[number];

/**
 * Returns the health of one chain. While one server can do all of its work, visitors get their pages, so the chain is
 * not down.
 */
function healthOfOne(chain: readonly Link[]): ChainHealth {
  const states = new Set(chain.map(({ state }) => state));
  const whole = chain[0]?.parts.some(({ status }) => status === "pass") === true;
  if (states.has("down") && !whole) return "down";
  if (states.has("down") || states.has("degraded")) return "degraded";
  return states.has("unknown") ? "unknown" : "healthy";
}
