// Listens to the events that the balancer emits for the embedding program.
import type { Balancer } from "@tandem/balancer";

/** Writes a line for every event. */
export function observe(balancer: Balancer, write: (line: string) => void): void {
  balancer.on("exchange", ({ method, target, status, server, ta, cause }) => {
    write(`${method} ${target} ${status} by ${server} in ${ta} ms ${cause}`);
  });
  balancer.on("serverDown", ({ backend, server, why }) => {
    write(`${backend}/${server} is down: ${why}`);
  });
  balancer.on("serverUp", ({ backend, server }) => write(`${backend}/${server} is up`));
  balancer.on("refused", ({ client, why }) => write(`${client} refused: ${why}`));
  balancer.on("hookError", ({ hook, error }) => write(`${hook} hook: ${error.stack}`));
}
