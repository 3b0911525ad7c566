// The application server's section: which application it hosts and what that application is handed.
import { z } from "zod";
import { internalTls } from "./tls.ts";
import { bindAddress, duration, size } from "./units.ts";

const databaseUrl = z
  .string()
  .regex(
    /^(sqlite:.+|(mysql|mariadb):\/\/.+)$/,
    'expected "sqlite:PATH" or "mysql://user:password@host:port/database"',
  );

export const appserver = z.strictObject({
  bind: bindAddress.optional().meta({ description: "overridden by cluster.boxes.NAME.appserver" }),
  tls: internalTls.optional(),
  app: z.string().min(1).meta({ description: "folder or module of the application" }),
  config: z
    .record(z.string(), z.unknown())
    .default({})
    .meta({ description: "handed to the application as it is" }),
  database: z
    .strictObject({
      url: databaseUrl.optional(),
      urlFile: z.string().optional().meta({ description: "read the URL from this file instead" }),
      pool: z.int().min(1).max(100).default(10),
      connectTimeout: duration.prefault("3s"),
    })
    .refine((d) => (d.url === undefined) !== (d.urlFile === undefined), {
      error: "expected exactly one of 'url' and 'urlFile'",
    }),
  sessions: z
    .strictObject({
      store: z.enum(["database", "redis"]).default("database"),
      redis: z.string().startsWith("redis://").optional(),
      secretFile: z.string().default(".tandem/session.key"),
      maxAge: duration.prefault("14d"),
    })
    .prefault({})
    .refine((s) => s.store !== "redis" || s.redis !== undefined, {
      error: "expected 'redis: redis://host:port' beside 'store: redis'",
    }),
  bodyLimit: size.prefault("10MiB"),
  trustProxy: z
    .array(z.string())
    .default(["127.0.0.1", "::1"])
    .meta({ description: "webservers whose X-Forwarded-* are believed" }),
  servedBy: z.boolean().default(false).meta({ description: "say box and process in x-served-by" }),
  drain: duration.prefault("10s"),
});

export type AppserverConfig = z.output<typeof appserver>;
