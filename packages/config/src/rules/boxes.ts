// Rules about boxes: the box that this process runs as, the tiers that each box runs, and servers with the name of a
// box.
import type { Finding } from "../explain.ts";
import { nearest } from "../nearest.ts";
import type { Facts } from "./facts.ts";

const BOXES = ["cluster", "boxes"] as const;

/**
 * Requires that the box given by --box is one of `cluster.boxes`. A file without boxes describes one machine, and
 * that machine may have any name.
 */
export function* boxExists(facts: Facts): Iterable<Finding> {
  const names = facts.names(BOXES);
  if (facts.box === undefined || names.length === 0 || names.includes(facts.box)) return;
  yield {
    path: BOXES,
    side: "key",
    message: `started as --box ${facts.box}, but the file has no box '${facts.box}'; expected one of its boxes`,
    suggestion: nearest(facts.box, names),
    allowed: names,
  };
}

/** Requires a tier's section in the file when a box runs that tier. */
export function* boxRunsWhatIsConfigured(facts: Facts): Iterable<Finding> {
  const sections = facts.names([]);
  for (const [name, box] of facts.boxes)
    for (const tier of ["balancer", "webserver", "appserver"] as const) {
      if (!box[tier] || sections.includes(tier)) continue;
      const message = `box '${name}' runs the ${tier}, but the file has no '${tier}' section`;
      yield { path: [...BOXES, name, tier], side: "key", message };
    }
}

/**
 * Requires for `prefer: same-box` that the backend has a server with the name of each box that uses
 * the backend.
 */
export function* sameBoxHasAServer(facts: Facts): Iterable<Finding> {
  for (const { path, backend, boxes } of facts.backends()) {
    if (backend.prefer !== "same-box") continue;
    const servers = facts.names([...path, "servers"]);
    const without = boxes.filter((box) => !servers.includes(box));
    const at = { path: [...path, "prefer"], side: "value" } as const;
    if (facts.names(BOXES).length === 0)
      yield { ...at, message: "'same-box' needs boxes, and 'cluster.boxes' names none" };
    for (const box of without)
      yield {
        ...at,
        message: `no server here has the name of the box '${box}'; servers: ${servers.join(", ")}`,
        suggestion: nearest(box, servers),
      };
  }
}
