// A port belongs to one balancer. Its data threads share it through SO_REUSEPORT, and the kernel would let a
// second balancer of the same user share it too: each would get some of the connections, with another
// configuration perhaps, and neither would say a word.
import { isDeepStrictEqual } from "node:util";
import type { BalancerConfig } from "@tandem/config";
import { type Address, refuseIfTaken } from "@tandem/transport";

/** Rejects, naming the setting and the process, when another process listens where `next` wants to and `before` did not. */
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
