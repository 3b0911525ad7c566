// Replaces a server without losing a request.
import { setTimeout as sleep } from "node:timers/promises";
import type { Balancer } from "@tandem/balancer";

/**
 * Takes a server out of the rotation, runs `restart` when the server's last request has ended, and puts the server
 * back.
 */
export async function replace(
  balancer: Balancer,
  server: string,
  restart: () => Promise<void>,
): Promise<void> {
  balancer.setServer("app", server, { state: "drain" });
  const requests = () =>
    balancer
      .status()
      .backends.find(({ name }) => name === "app")
      ?.servers.find(({ name }) => name === server)?.inFlight;
  while (requests() !== 0) await sleep(20);
  await restart();
  balancer.setServer("app", server, { state: "ready" });
}
