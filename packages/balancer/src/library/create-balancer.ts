// The entry point of the library.
import { Balancer } from "./balancer.ts";
import type { Embedding } from "./embedding.ts";
import type { BalancerOptions } from "./options.ts";

/**
 * Makes a balancer that runs in this thread; `await balancer.start()` opens it. Throws a ConfigError
 * that names every problem of `options`, and an Error when a certificate cannot be read.
 *
 * @example
 * await using balancer = await createBalancer({
 *   frontends: { web: { bind: "127.0.0.1:8080", routes: [{ backend: "app" }] } },
 *   backends: { app: { servers: { a: { address: "127.0.0.1:3000" } } } },
 * }).start();
 */
export function createBalancer(options: BalancerOptions, embedding: Embedding = {}): Balancer {
  return new Balancer(options, embedding);
}
