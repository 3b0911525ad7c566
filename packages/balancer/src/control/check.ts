// Checks everything that the balancer opens at a start, without listening on any port.
import type { BalancerConfig } from "@tandem/config";
import { complaintOf, systemClock, systemRng } from "@tandem/transport";
import { loadCustoms } from "../balance/custom.ts";
import { DataPlane } from "../data/data-plane.ts";
import { allocateShared } from "../memory/shared-memory.ts";
import { readTicketFile } from "./ticket-file.ts";

/**
 * Resolves to the problems that would make a start fail: problems with certificates, authorities or custom
 * algorithms.
 */
export async function checkBalancer(
  config: BalancerConfig,
  box: string,
): Promise<readonly string[]> {
  const { ticketKeys } = config;
  const keys = await complaintOf(async () => {
    if (ticketKeys !== undefined) readTicketFile(ticketKeys);
  });
  const others = await complaintOf(async () => {
    const customs = await loadCustoms(config);
    const memory = allocateShared(config, 1, systemRng);
    const plane = new DataPlane({
      ...{ config, memory, thread: 0, box, customs },
      ...{ clock: systemClock, rng: systemRng, log: () => undefined },
      ticketSecret: new Uint8Array(32), // the secret is never used, because nothing listens
    });
    plane.stop();
  });
  return [...keys, ...others];
}
