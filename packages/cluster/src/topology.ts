// Which tier runs on which box, from the one file that describes all boxes.
import { hostname } from "node:os";
import type { Address, Config } from "@tandem/config";
import { EXIT, Refusal } from "./refusal.ts";

export type TierName = "appserver" | "webserver" | "balancer";

/** Shutdown goes from the edge inwards, so that no tier loses the one behind it while it drains. */
export const DRAIN_ORDER: readonly TierName[] = ["balancer", "webserver", "appserver"];

/** A start goes the other way, so that the first health check of each tier finds the one behind it. */
export const START_ORDER: readonly TierName[] = DRAIN_ORDER.toReversed();

/** One process to run: a tier on a box. */
export interface Placement {
  readonly box: string;
  readonly tier: TierName;
  /** How its process is told which box it is; empty in a file without boxes, where there is nothing to tell. */
  readonly boxWords: readonly string[];
  /** How long the tier itself takes to drain at most. */
  readonly drainMs: number;
}

/** The boxes to run here: the one asked for, or all of the file. Without any the file describes this machine. */
export function boxesOf(config: Config, file: string, box?: string): readonly string[] {
  const known = Object.keys(config.cluster.boxes);
  if (known.length === 0) {
    if (box === undefined || box === hostname()) return [hostname()];
    throw new Refusal(
      `${file}: it has no cluster.boxes and so describes one machine, and no box '${box}'; leave --box out`,
      EXIT.config,
    );
  }
  if (box === undefined) return known;
  if (!known.includes(box))
    throw new Refusal(
      `${file}: cluster.boxes has no box '${box}'; it has ${known.join(", ")}`,
      EXIT.config,
    );
  return [box];
}

/** What runs on `boxes`, in start order: what others depend on first. */
export function placements(config: Config, boxes: readonly string[]): readonly Placement[] {
  const all = boxes.flatMap((box) => onBox(config, box));
  return all.sort((a, b) => DRAIN_ORDER.indexOf(b.tier) - DRAIN_ORDER.indexOf(a.tier));
}

/** Whether `box` runs `tier`: as its entry says, or, in a file without boxes, wherever there is a section. */
export function runs(config: Config, box: string, tier: TierName): boolean {
  const { boxes } = config.cluster;
  const described = boxes[box];
  if (described === undefined) return Object.keys(boxes).length === 0 && config[tier] !== undefined;
  return tier === "balancer" ? described.balancer : described[tier] !== undefined;
}

function onBox(config: Config, box: string): Placement[] {
  const boxWords = config.cluster.boxes[box] === undefined ? [] : ["--box", box];
  return START_ORDER.filter((tier) => runs(config, box, tier)).map((tier) => {
    const section = config[tier];
    if (section === undefined)
      throw new Refusal(
        `cluster.boxes.${box} runs a ${tier}, but the file has no '${tier}:' section`,
        EXIT.config,
      );
    return { box, tier, boxWords, drainMs: section.drain };
  });
}

/** `host:port` for a person or a URL; every address is reached here as 127.0.0.1. */
export function reachable({ host, port }: Address): string {
  if (host === undefined || host === "0.0.0.0" || host === "::") return `127.0.0.1:${port}`;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
