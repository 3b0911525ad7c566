// A backend: the servers to which a request may go, how a server is chosen, and how the health of servers is checked.
// The balancer's `backends` and the webserver's `upstream` both use this schema.
import { z } from "zod";
import { type BalanceConfig, balance, defaultAlgorithm } from "./balance.ts";
import { type CheckConfig, check, checkConfig } from "./check.ts";
import { responseHead } from "./heads.ts";
import { mode } from "./mode.ts";
import { type SendProxyConfig, sendProxy, sendProxyConfig } from "./proxy-protocol.ts";
import { serverTls } from "./tls.ts";
import { duration, name, serverAddress, size } from "./units.ts";

const count = (least: number) => z.int().min(least);

const server = z
  .strictObject({
    address: serverAddress.meta({ description: "host and port: `10.0.0.2:8081`" }),
    weight: count(0).max(256).default(1).meta({
      description:
        "share of the traffic, in proportion to the others; with `peak-ewma` and `least-time` a limit of it; 0 = no new requests",
    }),
    maxConnections: count(0).default(0).meta({
      description:
        "requests (in `mode: tcp`: connections) in flight at once, over all threads; 0 = unlimited; more wait in the queue",
    }),
    queue: z
      .strictObject({
        limit: count(0).default(0).meta({
          description:
            "requests that may wait for this server, per data thread; further ones go to another server",
        }),
        timeout: duration.prefault("5s").meta({
          description:
            "the longest wait for this server; after it the request goes to another server, or into the backend's queue",
        }),
      })
      .prefault({})
      .meta({
        description:
          "where requests that the algorithm assigns to this server wait while it is at `maxConnections`",
      }),
    backup: z
      .boolean()
      .default(false)
      .meta({ description: "used only while no other server is usable" }),
    priority: count(0).max(100).default(0).meta({
      description: "failover level: level 0 is used first, the next level takes what it cannot",
    }),
    zone: z
      .string()
      .min(1)
      .optional()
      .meta({ description: "the zone of the server, for `balance.zone`" }),
  })
  .meta({ title: "server", description: "one process that answers requests" });

export const backend = z
  .strictObject({
    mode: mode.meta({ description: "`http` or `tcp`: the mode of the frontends that lead here" }),
    balance: balance.prefault({}).meta({ description: "how a server is chosen" }),
    servers: z
      .record(name, server)
      .refine((servers) => Object.keys(servers).length > 0, "expected at least one server")
      .meta({ description: "by name; a server that runs on a box has the box's name" }),
    prefer: z.literal("same-box").optional().meta({
      description:
        "the server with this box's name is used first, the servers of other boxes are its backups",
    }),
    allBackups: z.boolean().default(false).meta({
      description:
        "while no other server is usable, all backups share the traffic; else the first of them alone, in the order written",
    }),
    check: check.optional().meta({
      description:
        "how a server's health is known: `tcp`, a mapping, or `false`; by the connections of requests when absent",
    }),
    queue: z
      .strictObject({
        limit: count(0).default(1000).meta({
          description: "requests that may wait for a free server, per data thread; beyond it: 503",
        }),
        timeout: duration.prefault("5s").meta({ description: "longest wait; beyond it: 503" }),
      })
      .prefault({})
      .meta({ description: "where requests wait while every server is at `maxConnections`" }),
    replay: size.prefault("64KiB").meta({
      description:
        "how much of an idempotent request's body is kept, so that it can be sent again; 0B = none",
    }),
    hedge: z
      .strictObject({
        after: duration.meta({
          description:
            "when the first server has not begun its answer after this time, a second one is asked; longer than most answers take, such as their 95th percentile",
        }),
      })
      .optional()
      .meta({
        description:
          "ask a second server when the first is slow, for idempotent requests without a body; the first answer is used; counts against the budget for retries",
      }),
    retries: count(0).max(10).default(3).meta({ description: "attempts after a failed connect" }),
    timeouts: z
      .strictObject({
        connect: duration.prefault("2s").meta({ description: "to open a server connection" }),
        server: duration.prefault("30s").meta({
          description:
            "how long a server may neither send nor read; beyond it: 504; in `mode: tcp` only with the frontend's `tunnel: 0ms`",
        }),
        eventStream: duration.prefault("1h").meta({
          description:
            "how long an answer of type `text/event-stream`, which never ends, may be silent",
        }),
        serverFin: duration.prefault("30s").meta({
          description:
            "how long an upgraded or TCP connection without traffic lives on after its server has half-closed it",
        }),
        idle: duration.prefault("4s").meta({
          description: "how long an unused server connection is kept; below the server's own limit",
        }),
      })
      .prefault({})
      .meta({ description: "waiting for servers" }),
    limits: responseHead,
    maxIdle: count(0)
      .default(128)
      .meta({ description: "unused connections kept per server and thread" }),
    tls: serverTls.optional().meta({
      description: "TLS to the servers; plain text when absent",
    }),
    proto: z.enum(["h1", "h2"]).default("h1").meta({
      description:
        "what the servers speak: `h2` = HTTP/2 alone, without TLS from the first byte (prior knowledge), with `tls` by ALPN; for a choice by each server, `tls.alpn` instead",
    }),
    maxStreams: count(1).max(1000).default(100).meta({
      description:
        "requests at once on one connection of HTTP/2, fewer where the server allows fewer; when all connections are full, another one is opened",
    }),
    sendProxy: sendProxy.optional().meta({
      description:
        "each connection to a server begins with a PROXY header that names the client, before TLS: `v1`, `v2`, or a mapping; a connection then serves one client alone; health checks send the header of the balancer's own connections (LOCAL, UNKNOWN); none is sent when absent",
    }),
  })
  .meta({ title: "backend", description: "servers that answer the same requests" })
  .transform(({ sendProxy: header, ...written }) => {
    const { algorithm = defaultAlgorithm(Object.keys(written.servers).length) } = written.balance;
    const balance: BalanceConfig = { ...written.balance, algorithm };
    const checks: CheckConfig = checkConfig(written.check);
    const sent: { readonly sendProxy?: SendProxyConfig | undefined } = header
      ? { sendProxy: sendProxyConfig(header) }
      : {};
    return { ...written, balance, check: checks, ...sent };
  });

export type ServerConfig = z.output<typeof server>;
export type BackendConfig = z.output<typeof backend>;
