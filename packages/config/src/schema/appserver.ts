// The application server's section: the application that it runs, and the settings that it passes to the application.
import { z } from "zod";
import { requestHead } from "./heads.ts";
import { internalTls } from "./tls.ts";
import { bindAddress, duration, file, network, size } from "./units.ts";

const databaseUrl = z
  .string()
  .regex(
    /^(sqlite:.+|(mysql|mariadb):\/\/.+)$/,
    'expected "sqlite:PATH" or "mysql://user:password@host:port/database"',
  )
  .regex(
    /^[^?#]*$/,
    "the database URL takes no options; a '?' or '#' in the password is written %3F or %23",
  )
  .meta({ title: "database URL", writeOnly: true });

const database = z
  .strictObject({
    url: databaseUrl
      .optional()
      .meta({ description: "`sqlite:PATH` or `mysql://user:password@host:port/database`" }),
    urlFile: file
      .optional()
      .meta({ description: "read the URL from this file instead, so that no secret stands here" }),
    pool: z.int().min(1).max(100).default(10).meta({
      description:
        "connections each application server keeps to MySQL or MariaDB, besides up to two that end statements",
    }),
    connectTimeout: duration
      .prefault("3s")
      .meta({ description: "how long a new database connection may take" }),
  })
  .refine((d) => (d.url === undefined) !== (d.urlFile === undefined), {
    error: "expected exactly one of 'url' and 'urlFile'",
  })
  .meta({ title: "database", description: "where the application's data is; SQLite or MySQL" });

const REDIS_URL =
  'expected "redis://user:password@host:port" without query, or "rediss://…" for TLS';

const redis = z
  .strictObject({
    url: z
      .string(REDIS_URL)
      .regex(/^rediss?:\/\/[^\s?#]+$/, REDIS_URL)
      .optional()
      .meta({
        description:
          "`redis://[user:password@]host:port[/database]`; with `rediss://` over TLS, whose certificate is verified",
        writeOnly: true,
      }),
    urlFile: file
      .optional()
      .meta({ description: "read the URL from this file instead, so that no secret stands here" }),
    ca: file.optional().meta({
      description:
        "PEM file: the authority that signed Redis' certificate; the system's when absent",
    }),
    cert: file
      .optional()
      .meta({ description: "PEM file: the certificate shown to Redis (`tls-auth-clients yes`)" }),
    key: file.optional().meta({ description: "PEM file: its private key" }),
  })
  .refine((r) => (r.url === undefined) !== (r.urlFile === undefined), {
    error: "expected exactly one of 'url' and 'urlFile'",
  })
  .refine((r) => (r.cert === undefined) === (r.key === undefined), {
    error: "expected both of 'cert' and 'key', or none",
  })
  .refine((r) => r.url === undefined || r.url.startsWith("rediss:") || !(r.ca ?? r.cert), {
    error: "expected a 'url' that begins with 'rediss://' beside 'ca' or 'cert'",
  })
  .meta({ title: "redis", description: "where sessions are kept with `store: redis`" });

const sessions = z
  .strictObject({
    store: z
      .enum(["database", "redis"])
      .default("database")
      .meta({ description: "where sessions are kept; both boxes see the same ones" }),
    redis: redis.optional(),
    secretFile: file
      .default(".tandem/session.key")
      .meta({ description: "the key that signs session cookies; the same on both boxes" }),
    idle: duration.prefault("14d").meta({
      description: "a session ends when it was not used for this long, give or take a tenth",
    }),
    maxAge: duration
      .prefault("90d")
      .meta({ description: "a session ends this long after the log-in, even when it is in use" }),
  })
  .prefault({})
  .refine((s) => s.store !== "redis" || s.redis !== undefined, {
    error: "expected 'redis: { url: redis://host:port }' beside 'store: redis'",
  })
  .meta({ title: "sessions", description: "who is logged in" });

export const appserver = z
  .strictObject({
    bind: bindAddress
      .optional()
      .meta({ description: "where to listen; `cluster.boxes.NAME.appserver` overrides it" }),
    tls: internalTls
      .optional()
      .meta({ description: "certificates towards the webservers; plain text when absent" }),
    app: file.meta({ description: "module of the application, or its folder with an `index.ts`" }),
    config: z
      .record(z.string(), z.unknown())
      .default({})
      .meta({ description: "passed to the application unchanged" }),
    database,
    sessions,
    bodyLimit: size
      .prefault("10MiB")
      .meta({ description: "largest request body the application accepts; beyond it: 413" }),
    trustProxy: z
      .array(network)
      .default(["127.0.0.1", "::1"])
      .meta({ description: "webservers whose `X-Forwarded-*` are believed" }),
    limits: z
      .strictObject(requestHead)
      .prefault({})
      .meta({ title: "head limits", description: "bounds on the head of a request" }),
    servedBy: z.boolean().default(false).meta({
      description: "name box and process in the answer's `x-served-by`; for demonstrations",
    }),
    loadReport: z.boolean().default(false).meta({
      description: "report the load to balancers in every answer (`endpoint-load-metrics`)",
    }),
    drain: duration.prefault("10s").meta({
      description: "how long running requests may take to finish when the tier is stopped",
    }),
  })
  .meta({ title: "appserver", description: "hosts the application" });

export type AppserverConfig = z.output<typeof appserver>;
