// Refuses to start on the port of another balancer. The data threads share a port through SO_REUSEPORT, so the kernel
// would let a second balancer of the same user share that port too. Then each balancer would get some of the
// connections, perhaps with different configurations, and no error would show that.
import { isDeepStrictEqual } from "node:util";
import type { BalancerConfig } from "@tandem/config";
import { type Address, refuseIfTaken } from "@tandem/transport";

/**
 * Rejects when another process listens on a port that is in `next` and not in `before`. The message names the
 * setting and the process.
 */
export async function refuseTakenPorts(
  next: BalancerConfig,
  before?: BalancerConfig,
): Promise<void> {
  const held = before === undefined ? [] : [...bindsOf(before).values()];
  for (const [setting, bind] of bindsOf(next)) {
    if (held.some((address) => isDeepStrictEqual(address, bind))) continue;
    await refuseIfTaken(bind).catch((error: NodeJS.ErrnoException) => {
      const aside = error.code === "EADDRINUSE" ? ASIDE : "";
      throw new Error(`${setting}: ${error.message}${aside}`, { cause: error });
    });
  }
}

const ASIDE = " (to start beside it on purpose, for an upgrade: tandem-balancer --share-ports)";

function bindsOf({ frontends, admin }: BalancerConfig): ReadonlyMap<string, Address> {
  const binds = Object.entries(frontends).map(
    ([name, { bind }]) => [`balancer.frontends.${name}.bind`, bind] as const,
  );
  return new Map(admin === undefined ? binds : [...binds, ["balancer.admin.bind", admin.bind]]);
}
