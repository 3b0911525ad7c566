// A backend: the servers a request may go to, how one is chosen, and how their health is known.
// The balancer's `backends` and the webserver's `upstream` share it, as HAProxy's and nginx's do.
import { z } from "zod";
import { internalTls } from "./tls.ts";
import { duration, name, serverAddress } from "./units.ts";

const count = (least: number) => z.int().min(least);

export const server = z.strictObject({
  address: serverAddress,
  weight: count(0).max(256).default(1).meta({ description: "share of the traffic, 0 to 256" }),
  maxConnections: count(0)
    .default(0)
    .meta({ description: "requests in flight at once; 0 = unlimited; more wait in the queue" }),
  backup: z
    .boolean()
    .default(false)
    .meta({ description: "used only while no other server is usable" }),
});

export const check = z.strictObject({
  http: z
    .strictObject({
      path: z.string().startsWith("/").default("/healthz"),
      host: z.string().optional(),
    })
    .prefault({}),
  interval: duration.prefault("2s"),
  timeout: duration.prefault("1s").meta({ description: "connect and answer, together" }),
  rise: count(1).default(2).meta({ description: "passes in a row before a server is UP again" }),
  fall: count(1).default(3).meta({ description: "failures in a row before a server is DOWN" }),
});

export const backend = z.strictObject({
  balance: z
    .strictObject({ algorithm: z.enum(["round-robin", "least-conn"]).default("round-robin") })
    .prefault({}),
  servers: z
    .record(name, server)
    .refine((servers) => Object.keys(servers).length > 0, "expected at least one server"),
  prefer: z
    .literal("same-box")
    .optional()
    .meta({ description: "servers of other boxes are backups of the one named like this box" }),
  check: check.prefault({}),
  queue: z
    .strictObject({ limit: count(0).default(1000), timeout: duration.prefault("5s") })
    .prefault({}),
  retries: count(0).max(10).default(3).meta({ description: "attempts after a failed connect" }),
  timeouts: z
    .strictObject({
      connect: duration.prefault("2s"),
      server: duration.prefault("30s"),
      idle: duration.prefault("4s").meta({
        description: "how long an unused server connection is kept; below the server's own limit",
      }),
    })
    .prefault({}),
  maxIdle: count(0)
    .default(128)
    .meta({ description: "unused connections kept per server and thread" }),
  tls: internalTls.optional(),
});

export type ServerConfig = z.output<typeof server>;
export type BackendConfig = z.output<typeof backend>;
export type CheckConfig = z.output<typeof check>;
