// Which tier runs on which box, from the one file that describes all boxes.
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
  /** How long the tier itself takes to drain at most. */
  readonly drainMs: number;
}

/** The boxes to run here: the one asked for, or all of the file. */
export function boxesOf(config: Config, file: string, box?: string): readonly string[] {
  const known = Object.keys(config.cluster.boxes);
  if (known.length === 0)
    throw new Refusal(
      `${file}: cluster.boxes names no box, so there is nothing to run; add for example\n` +
        '  cluster: { boxes: { box1: { balancer: true, webserver: { bind: "127.0.0.1:8081" } } } }',
      EXIT.config,
    );
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

function onBox(config: Config, box: string): Placement[] {
  const described = config.cluster.boxes[box];
  const placed: Placement[] = [];
  const place = (tier: TierName, wanted: boolean): void => {
    if (!wanted) return;
    const section = config[tier];
    if (section === undefined)
      throw new Refusal(
        `cluster.boxes.${box} runs a ${tier}, but the file has no '${tier}:' section`,
        EXIT.config,
      );
    placed.push({ box, tier, drainMs: section.drain });
  };
  place("appserver", described?.appserver !== undefined);
  place("webserver", described?.webserver !== undefined);
  place("balancer", described?.balancer === true);
  return placed;
}

/** `host:port` for a person or a URL; every address is reached here as 127.0.0.1. */
export function reachable({ host, port }: Address): string {
  if (host === undefined || host === "0.0.0.0" || host === "::") return `127.0.0.1:${port}`;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
