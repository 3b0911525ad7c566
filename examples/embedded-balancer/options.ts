// The balancer's options. They have the form of the `balancer` section of tandem.yaml.
import type { BalancerOptions } from "@tandem/balancer";

/** Returns options with one listener, two servers for most requests, and a third server for some requests only. */
export function options(one: number, two: number, next: number): BalancerOptions {
  return {
    frontends: {
      web: { bind: "127.0.0.1:0", routes: [{ backend: "app" }] },
    },
    backends: {
      app: {
        balance: { algorithm: "least-conn" },
        servers: {
          one: { address: `127.0.0.1:${one}`, maxConnections: 100 },
          two: { address: `127.0.0.1:${two}`, maxConnections: 100 },
        },
        check: { http: { path: "/healthz" }, interval: "1s" },
      },
      next: { servers: { three: { address: `127.0.0.1:${next}` } } },
    },
  };
}
