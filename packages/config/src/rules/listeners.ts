// Rules about listeners: on one box no two listeners have the same address and port, and no admin port is open to
// other machines.
import { isIPv4 } from "node:net";
import type { Path } from "../document.ts";
import type { Finding } from "../explain.ts";
import { formatPath } from "../path-text.ts";
import type { BoxConfig } from "../schema/cluster.ts";
import type { Address } from "../schema/units.ts";
import type { Facts } from "./facts.ts";

interface Listener {
  readonly path: Path;
  readonly bind: Address;
}

/** Refuses two listeners of one box that share a port on one address. */
export function* listenersAreDistinct(facts: Facts): Iterable<Finding> {
  const told = new Set<string>();
  for (const [name, box] of facts.boxes.length > 0 ? facts.boxes : [[undefined, undefined]]) {
    const listeners = listenersOf(facts, name, box);
    for (const [index, later] of listeners.entries()) {
      const earlier = listeners.slice(0, index).find((other) => overlap(other.bind, later.bind));
      const path = formatPath(later.path);
      // When two boxes both run the balancer, they have the same frontends. Only one of the two reports is needed.
      if (earlier === undefined || told.has(path)) continue;
      told.add(path);
      const where = name === undefined ? "" : ` on box '${name}'`;
      const message =
        `found ${facts.shown(later.path, "")}, but '${formatPath(earlier.path)}' already listens on ` +
        `${facts.shown(earlier.path, "")}${where}; expected a free port`;
      yield { path: later.path, side: "value", message };
    }
  }
}

/** Returns every listener of one box; without boxes, every listener of the file. */
function listenersOf({ config }: Facts, name?: string, box?: BoxConfig): Listener[] {
  const { balancer, webserver, appserver } = config;
  const listeners: Listener[] = [];
  if (balancer !== undefined && (box === undefined || box.balancer)) {
    for (const [frontend, { bind }] of Object.entries(balancer.frontends))
      listeners.push({ path: ["balancer", "frontends", frontend, "bind"], bind });
    if (balancer.admin !== undefined)
      listeners.push({ path: ["balancer", "admin", "bind"], bind: balancer.admin.bind });
  }
  for (const tier of ["webserver", "appserver"] as const) {
    const bind = name === undefined ? { webserver, appserver }[tier]?.bind : box?.[tier]?.bind;
    const path = name === undefined ? [tier, "bind"] : ["cluster", "boxes", name, tier, "bind"];
    if (bind !== undefined) listeners.push({ path, bind });
  }
  return listeners;
}

/**
 * Whether two addresses share a port. `*` and `::` use their port on every address, `0.0.0.0` on every IPv4 address.
 * Port 0 is never shared.
 */
function overlap(a: Address, b: Address): boolean {
  if (a.port !== b.port || a.port === 0) return false;
  const [one, other] = [hostOf(a), hostOf(b)];
  const holds = (wide: string, narrow: string) =>
    wide === "::" || wide === narrow || (wide === "0.0.0.0" && isIPv4(narrow));
  return holds(one, other) || holds(other, one);
}

function hostOf({ host = "::" }: Address): string {
  return host === "localhost" ? "127.0.0.1" : host.toLowerCase();
}

/** Refuses an admin port that other machines can reach, because the port asks for no password. */
export function* adminIsLocal(facts: Facts): Iterable<Finding> {
  const bind = facts.config.balancer?.admin?.bind;
  if (bind === undefined || isLoopback(bind)) return;
  const path = ["balancer", "admin", "bind"];
  yield {
    path,
    side: "value",
    message:
      `found ${facts.shown(path, "")}, expected a loopback address, since every client of the admin ` +
      "port may read everything; from another machine, reach it through an SSH tunnel",
    suggestion: `127.0.0.1:${bind.port}`,
  };
}

function isLoopback({ host }: Address): boolean {
  if (host === undefined) return false;
  return host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}
