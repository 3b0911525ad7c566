// Says which tier runs on which box, according to the one file that describes all boxes.
import { hostname } from "node:os";
import type { Address, Config } from "@tandem/config";
import { CommandRefusal, EXIT } from "./refusal.ts";

export type TierName = "appserver" | "webserver" | "balancer";

/**
 * The order in which tiers are drained: the balancer, which clients reach, comes first. So a tier that drains can
 * still reach the tier behind it.
 */
export const DRAIN_ORDER: readonly TierName[] = ["balancer", "webserver", "appserver"];

/**
 * The order in which tiers are started: the appserver comes first, so that the first health check of each tier finds
 * the tier behind it running.
 */
export const START_ORDER: readonly TierName[] = DRAIN_ORDER.toReversed();

/** A process to run: a tier on a box. */
export interface BoxAssignment {
  readonly box: string;
  readonly tier: TierName;
  /** The arguments that tell the process its box; empty when the file has no boxes. */
  readonly boxWords: readonly string[];
  /** How many milliseconds the tier may take to drain. */
  readonly drainMs: number;
}

/**
 * Returns the boxes to run here: `box` alone if given, otherwise all boxes of the file. A file without boxes describes
 * this machine, as one box with the name of this host.
 */
export function boxesOf(config: Config, file: string, box?: string): readonly string[] {
  const known = Object.keys(config.cluster.boxes);
  if (known.length === 0) {
    if (box === undefined || box === hostname()) return [hostname()];
    throw new CommandRefusal(
      `${file}: it has no cluster.boxes, so it describes one machine; leave out --box ${box}`,
      EXIT.config,
    );
  }
  if (box === undefined) return known;
  if (!known.includes(box))
    throw new CommandRefusal(
      `${file}: cluster.boxes has no box '${box}'; it has ${known.join(", ")}`,
      EXIT.config,
    );
  return [box];
}

/**
 * Returns the processes of `boxes`, in the order of their start: a process comes after the processes it depends on.
 */
export function assignments(config: Config, boxes: readonly string[]): readonly BoxAssignment[] {
  const all = boxes.flatMap((box) => onBox(config, box));
  return all.sort((a, b) => DRAIN_ORDER.indexOf(b.tier) - DRAIN_ORDER.indexOf(a.tier));
}

/**
 * Whether `box` runs `tier`, according to the entry of the box in the file. When the file has no boxes, the tier runs
 * if the file has a section for the tier.
 */
export function runs(config: Config, box: string, tier: TierName): boolean {
  const { boxes } = config.cluster;
  const described = boxes[box];
  if (described === undefined) return Object.keys(boxes).length === 0 && config[tier] !== undefined;
  return tier === "balancer" ? described.balancer : described[tier] !== undefined;
}

function onBox(config: Config, box: string): BoxAssignment[] {
  const boxWords = config.cluster.boxes[box] === undefined ? [] : ["--box", box];
  return START_ORDER.filter((tier) => runs(config, box, tier)).map((tier) => {
    const section = config[tier];
    if (section === undefined)
      throw new CommandRefusal(
        `cluster.boxes.${box} runs a ${tier}, but the file has no '${tier}:' section`,
        EXIT.config,
      );
    return { box, tier, boxWords, drainMs: section.drain };
  });
}

/** Returns `host:port` for a person or a URL. For an address that means every interface, the host is 127.0.0.1. */
export function reachable({ host, port }: Address): string {
  if (host === undefined || host === "0.0.0.0" || host === "::") return `127.0.0.1:${port}`;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
