// The balancer's section: listeners (frontends), where their requests go (backends), and the admin port.
import { z } from "zod";
import { backend } from "./backend.ts";
import { edgeTls } from "./tls.ts";
import { bindAddress, duration, name, size } from "./units.ts";

/** Bounds on what a client may send; the answer beyond each is in docs/concepts/load-balancer.md. */
export const limits = z.strictObject({
  requestLine: size.prefault("8KiB").meta({ description: "beyond it: 414" }),
  head: size.prefault("32KiB").meta({ description: "all header fields together; beyond it: 431" }),
  fields: z.int().min(1).default(128).meta({ description: "number of fields; beyond it: 431" }),
  body: size
    .optional()
    .meta({ description: "request body; beyond it: 413; unlimited when absent" }),
});

/** Waiting for the client, under HAProxy's names. */
export const clientTimeouts = z.strictObject({
  client: duration.prefault("30s").meta({ description: "a client that neither sends nor reads" }),
  httpRequest: duration.prefault("10s").meta({ description: "first byte to end of the head: 408" }),
  httpKeepAlive: duration.prefault("60s").meta({ description: "idle between two requests" }),
  tunnel: duration.prefault("1h").meta({ description: "an upgraded connection without traffic" }),
});

const route = z.strictObject({
  match: z
    .strictObject({
      host: z.string().optional().meta({ description: "www.foobar.com or *.foobar.com" }),
      path: z.string().startsWith("/").optional().meta({ description: "/exact or /prefix/*" }),
    })
    .optional(),
  backend: name,
});

export const frontend = z
  .strictObject({
    bind: bindAddress,
    tls: edgeTls.optional(),
    redirect: z
      .strictObject({
        scheme: z.enum(["https", "http"]),
        port: z.int().min(1).max(65_535).optional(),
        status: z.literal([301, 302, 307, 308]).default(308),
      })
      .optional(),
    routes: z.array(route).default([]),
    trustedProxies: z.array(z.string()).default([]).meta({
      description: "addresses or networks whose X-Forwarded-* and Forwarded are believed",
    }),
    maxConnections: z.int().min(1).default(20_000),
    limits: limits.prefault({}),
    timeouts: clientTimeouts.prefault({}),
  })
  .refine((f) => (f.redirect === undefined) !== (f.routes.length === 0), {
    error: "expected either 'redirect' or a non-empty list of 'routes'",
  });

export const balancer = z.strictObject({
  threads: z
    .union([z.literal("auto"), z.int().min(1).max(64)])
    .default("auto")
    .meta({ description: "data threads; auto = one per core" }),
  frontends: z.record(name, frontend),
  backends: z.record(name, backend),
  drain: duration.prefault("10s").meta({ description: "how long running requests may finish" }),
  admin: z.strictObject({ bind: bindAddress }).optional(),
});

export type FrontendConfig = z.output<typeof frontend>;
export type BalancerConfig = z.output<typeof balancer>;
export type LimitsConfig = z.output<typeof limits>;
export type ClientTimeouts = z.output<typeof clientTimeouts>;
