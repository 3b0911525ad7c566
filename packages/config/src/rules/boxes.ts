// Boxes: the one this process runs as, the tiers each runs, and servers that bear a box's name.
import type { Finding } from "../explain.ts";
import { nearest } from "../nearest.ts";
import type { Facts } from "./facts.ts";

const BOXES = ["cluster", "boxes"] as const;

/** The box asked for is one of `cluster.boxes`; without any the file describes one machine, by whatever name. */
export function* boxExists(facts: Facts): Iterable<Finding> {
  const names = facts.names(BOXES);
  if (facts.box === undefined || names.length === 0 || names.includes(facts.box)) return;
  yield {
    path: BOXES,
    side: "key",
    message: `no box '${facts.box}' is written here, as which this was started (--box ${facts.box}); expected one that is`,
    suggestion: nearest(facts.box, names),
    allowed: names,
  };
}

/** A box that runs a tier needs that tier's section. */
export function* boxRunsWhatIsConfigured(facts: Facts): Iterable<Finding> {
  const sections = facts.names([]);
  for (const [name, box] of facts.boxes)
    for (const tier of ["balancer", "webserver", "appserver"] as const) {
      if (!box[tier] || sections.includes(tier)) continue;
      const message = `box '${name}' runs the ${tier}, but the file has no '${tier}' section`;
      yield { path: [...BOXES, name, tier], side: "key", message };
    }
}

/** `prefer: same-box` finds a server of the own name on every box that asks for it. */
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
        message: `box '${box}' has no server of its own name here; servers: ${servers.join(", ")}`,
        suggestion: nearest(box, servers),
      };
  }
}
