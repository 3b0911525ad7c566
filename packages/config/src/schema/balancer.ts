// The balancer's section: listeners (frontends), where their requests go (backends), and the admin port.
import { FRONTEND_FILTERS, ROUTE_FILTERS } from "@tandem/filters";
import { z } from "zod";
import { backend } from "./backend.ts";
import { filterKeys } from "./filter-keys.ts";
import { requestHead, requestLine } from "./heads.ts";
import { http2 } from "./http2.ts";
import { mode } from "./mode.ts";
import { acceptProxy } from "./proxy-protocol.ts";
import { clientCertificates, edgeTls } from "./tls.ts";
import {
  bindAddress,
  duration,
  file,
  hostName,
  hostPattern,
  name,
  network,
  size,
} from "./units.ts";

/** Limits on the requests of a client; docs/concepts/load-balancer.md says which answer follows beyond each limit. */
export const limits = z
  .strictObject({
    requestLine,
    ...requestHead,
    body: size
      .optional()
      .meta({ description: "request body; beyond it: 413; unlimited when absent" }),
    bodyRate: size
      .prefault("512B")
      .meta({ description: "a request body slower than this per second: 408; 0B = any speed" }),
    dotSegments: z.enum(["resolve", "refuse"]).default("resolve").meta({
      description:
        "`/./` and `/../` in a path, plain or percent-encoded: resolved before it is matched and forwarded, or 400",
    }),
  })
  .meta({ title: "limits", description: "bounds on what a client may send" });

/** How long to wait for the client. The names are HAProxy's. */
export const clientTimeouts = z
  .strictObject({
    client: duration.prefault("30s").meta({
      description:
        "a client that neither sends nor reads; in `mode: tcp` only with `tunnel: 0ms`, which it then stands in for",
    }),
    httpRequest: duration.prefault("10s").meta({
      description: "from the first byte of a request to the end of its head; beyond it: 408",
    }),
    httpKeepAlive: duration.prefault("60s").meta({ description: "idle between two requests" }),
    clientFin: duration.prefault("30s").meta({
      description:
        "how long an upgraded or TCP connection without traffic lives on after its client has half-closed it",
    }),
    tunnel: duration.prefault("1h").meta({
      description:
        "how long an upgraded connection (WebSocket), or one of `mode: tcp`, may be without traffic",
    }),
  })
  .meta({ title: "client timeouts", description: "waiting for the client" });

const route = z
  .strictObject({
    match: z
      .strictObject({
        host: hostPattern
          .optional()
          .meta({ description: "`www.foobar.com`, or `*.foobar.com` for every name below it" }),
        path: z
          .string()
          .startsWith("/")
          .optional()
          .meta({ description: "`/exact`, or `/prefix/*` for everything below it" }),
        sni: hostPattern.optional().meta({
          description:
            "`mode: tcp`: the server name in the TLS ClientHello, exact or `*.foobar.com`",
        }),
        alpn: z.string().min(1).max(255).optional().meta({
          description: "`mode: tcp`: a protocol that the ClientHello offers, such as `h2`",
        }),
      })
      .optional()
      .meta({ description: "which requests or connections the route takes; all when absent" }),
    backend: name.meta({ description: "the backend that answers them" }),
    ...filterKeys(ROUTE_FILTERS),
  })
  .meta({ title: "route", description: "which requests go to which backend; the first fit wins" });

const frontend = z
  .strictObject({
    bind: bindAddress.meta({ description: "where to listen: `*:443`, `10.0.0.1:8080`" }),
    mode: mode.meta({
      description:
        "`http`, or `tcp`: bytes go both ways unread, for databases and whatever is not HTTP",
    }),
    tls: edgeTls
      .optional()
      .meta({ description: "certificates shown to clients; plain HTTP or TCP when absent" }),
    clientCertificates: clientCertificates.optional().meta({
      description: "ask clients for certificates, beside `tls`; none is asked for when absent",
    }),
    proto: z.enum(["h1", "h2"]).default("h1").meta({
      description:
        "what clients speak without TLS: `h2` = HTTP/2 alone, from the first byte (prior knowledge); with `tls`, its `alpn` decides",
    }),
    http2: http2.prefault({}).meta({ description: "bounds on what a client of HTTP/2 may do" }),
    acceptProxy: acceptProxy.optional().meta({
      description:
        "every connection begins with a PROXY header, version 1 or 2, before TLS; the client's address is taken from it; no header is expected when absent",
    }),
    ...filterKeys(FRONTEND_FILTERS),
    routes: z.array(route).default([]).meta({
      description: "tried in order; a request that fits none gets 404, a connection is closed",
    }),
    trustedProxies: z.array(network).default([]).meta({
      description: "addresses or networks whose `X-Forwarded-*` and `Forwarded` are believed",
    }),
    maxConnections: z.int().min(1).optional().meta({
      description:
        "client connections open at once, per data thread; when absent 20000, or fewer where the process may not open so many descriptors",
    }),
    limits: limits.prefault({}).meta({ description: "bounds on what a client may send" }),
    timeouts: clientTimeouts.prefault({}).meta({ description: "waiting for the client" }),
  })
  .refine((f) => (f.redirect === undefined) !== (f.routes.length === 0), {
    error: "expected either 'redirect' or a non-empty list of 'routes'",
  })
  .refine((f) => f.clientCertificates === undefined || f.tls !== undefined, {
    path: ["clientCertificates"],
    error: "expected 'tls' beside 'clientCertificates', because only TLS carries certificates",
  })
  .meta({ title: "frontend", description: "a listener and what it does with requests" });

export const balancer = z
  .strictObject({
    threads: z
      .union([z.literal("auto"), z.int().min(1).max(64)])
      .default("auto")
      .meta({ description: "data threads; `auto` = one per core; outside Linux always one" }),
    frontends: z
      .record(name, frontend)
      .meta({ description: "listeners, by the name used in logs and metrics" }),
    backends: z
      .record(name, backend)
      .meta({ description: "groups of servers, by the name that routes use" }),
    ticketKeys: file.optional().meta({
      description:
        "a file, readable by its owner alone, with the secret of TLS session tickets: clients resume their sessions after a restart, and at another balancer with the same file; a random secret of this process when absent",
    }),
    drain: duration.prefault("10s").meta({
      description: "how long running requests may take to finish when the tier is stopped",
    }),
    admin: z
      .strictObject({
        bind: bindAddress.meta({
          description:
            "a loopback address, because every client that reaches it may read everything",
        }),
        names: z.array(hostName).default([]).meta({
          description:
            "host names that clients may ask for, besides `localhost` and addresses; any other gets 421, because a foreign web page could make a name of its own lead here (DNS rebinding)",
        }),
      })
      .optional()
      .meta({ description: "metrics, status page and API; none when absent" }),
  })
  .meta({ title: "balancer", description: "takes requests in and spreads them over servers" });

export type FrontendConfig = z.output<typeof frontend>;
export type BalancerConfig = z.output<typeof balancer>;
export type LimitsConfig = z.output<typeof limits>;
export type ClientTimeouts = z.output<typeof clientTimeouts>;
