// The webserver's section: which files it serves for which host, and where everything else goes.
import { z } from "zod";
import { backend } from "./backend.ts";
import { clientTimeouts, limits } from "./balancer.ts";
import { internalTls } from "./tls.ts";
import { bindAddress, duration } from "./units.ts";

const location = z.strictObject({
  path: z
    .string()
    .startsWith("/")
    .endsWith("/")
    .meta({ description: "URL prefix, such as /assets/" }),
  root: z.string().min(1).meta({ description: "folder whose files appear below that prefix" }),
  cacheControl: z.string().default("public, max-age=300"),
  fingerprint: z.boolean().default(false).meta({
    description: "name.<hash>.ext answers as name.ext, cached for ever while the hash fits",
  }),
});

export const webserver = z.strictObject({
  bind: bindAddress.optional().meta({ description: "overridden by cluster.boxes.NAME.webserver" }),
  tls: internalTls.optional(),
  locations: z.array(location).default([]),
  upstream: backend.optional(),
  trustedProxies: z.array(z.string()).default([]),
  servedBy: z.boolean().default(false).meta({ description: "say box and process in x-served-by" }),
  limits: limits.prefault({}),
  timeouts: clientTimeouts.prefault({}),
  drain: duration.prefault("10s"),
});

export type LocationConfig = z.output<typeof location>;
export type WebserverConfig = z.output<typeof webserver>;
