// What an older Node lacks of what a configuration asks for, so that it is said at the start.
import type { BalancerConfig } from "@tandem/config";
import { lackingGroups } from "@tandem/transport";

/** Returns a message for the operator; undefined when this Node has everything. */
export function lackOfNode({ frontends, backends }: BalancerConfig): string | undefined {
  const edges = Object.values(frontends).some(({ tls }) => tls !== undefined && !tls.curves);
  const internal = Object.values(backends).some(({ tls }) => tls !== undefined);
  return edges || internal ? lackingGroups() : undefined;
}
