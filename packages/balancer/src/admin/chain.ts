// The way of a request behind a backend as links of a chain (web → application → database), each with its state,
// since when and why: what the operator is shown, and what the verdict over the whole follows from.
import type { ReadyCheck } from "@tandem/telemetry";
import type { Abilities } from "../health/abilities.ts";

/**
 * down: nothing of it works; degraded: a part of it does, or it does a part of its work; unknown: it gets requests, and
 * neither a check nor a request has shown that any part of it works.
 */
export const LINK_STATES = ["up", "unknown", "degraded", "down"] as const;
export type LinkState = (typeof LINK_STATES)[number];

export interface Link {
  /** The backend's name, or what the servers say is behind them: application, database, sessions. */
  readonly name: string;
  readonly state: LinkState;
  /** ISO time since when it is not up; empty while it is, or is unknown. */
  readonly since: string;
  /** In plain words; empty while it is up. */
  readonly why: string;
  /** Each part as each server sees it. */
  readonly parts: readonly ReadyCheck[];
}

export function chainOf(abilities: Abilities): readonly Link[] {
  return [...abilities].map(([name, parts]) => linkOf(name, parts));
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

/** Of the times since when parts ail: the whole went down with the last of them, and began to ail with the first. */
export function sinceOf(times: readonly string[], down: boolean): string {
  const sorted = times.toSorted();
  return (down ? sorted.at(-1) : sorted[0]) ?? "";
}

/** One part that was seen to work is enough: a backup may never get a request. */
function wellOrUnseen(parts: readonly ReadyCheck[]): Pick<Link, "state" | "why"> {
  const unseen = parts.length > 0 && parts.every(({ assumed }) => assumed);
  return unseen ? { state: "unknown", why: reasons(parts) } : { state: "up", why: "" };
}

/** Every reason once, with the parts that have it. */
function reasons(parts: readonly ReadyCheck[]): string {
  const groups = Map.groupBy(parts, ({ componentId, output }) => `${componentId}: ${output}`);
  return [...groups]
    .map(([words, all]) => {
      const seers = all.flatMap(({ seenBy }) => (seenBy === "" ? [] : [seenBy]));
      return seers.length === 0 ? words : `${words} (seen by ${seers.join(", ")})`;
    })
    .join("; ");
}

/** Of several chains the worst decides. */
export function healthOf(chains: readonly (readonly Link[])[]): ChainHealth {
  return worstOf(chains.map(healthOfOne));
}

/** healthy when there are none. */
export function worstOf(healths: readonly ChainHealth[]): ChainHealth {
  const all = new Set(healths);
  return WORST_FIRST.find((health) => all.has(health)) ?? "healthy";
}

const WORST_FIRST = ["down", "degraded", "unknown", "healthy"] as const;
export type ChainHealth = (typeof WORST_FIRST)[number];

/** While a server can do all of its work visitors get their pages, whatever others miss. */
function healthOfOne(chain: readonly Link[]): ChainHealth {
  const states = new Set(chain.map(({ state }) => state));
  const whole = chain[0]?.parts.some(({ status }) => status === "pass") === true;
  if (states.has("down") && !whole) return "down";
  if (states.has("down") || states.has("degraded")) return "degraded";
  return states.has("unknown") ? "unknown" : "healthy";
}
