// The webserver's section: which files it serves for which host, and where it forwards all other requests.
import { z } from "zod";
import { backend } from "./backend.ts";
import { clientTimeouts, limits } from "./balancer.ts";
import { edgeTls, internalTls } from "./tls.ts";
import { bindAddress, duration, folder, network } from "./units.ts";

const FILE_BELOW =
  'expected a file below root, with a leading slash and no dot in front of a name, such as "/index.html"';

const location = z
  .strictObject({
    path: z
      .string()
      .startsWith("/")
      .endsWith("/")
      .meta({ description: "URL prefix, such as `/assets/`" }),
    root: folder.meta({ description: "the folder whose files appear below that prefix" }),
    cacheControl: z
      .string()
      .default("public, max-age=300")
      .meta({ description: "the `Cache-Control` of these answers" }),
    fingerprint: z.boolean().default(false).meta({
      description:
        "`name.<hash>.ext` is answered with `name.ext`, and cached for ever when the hash is that of the file",
    }),
    browse: z.boolean().default(false).meta({
      description:
        "a folder without an index.html is answered with a list of what is in it, of 2000 entries at most; 404 when false",
    }),
    spa: z
      .string()
      .regex(/^(?:\/[^/\\.\0][^/\\\0]*)+$/, FILE_BELOW)
      .optional()
      .meta({
        description:
          "the page of an application that runs in the browser, such as `/index.html`: it answers each path below the prefix that has no file and no extension, with 200 and `Cache-Control: no-cache`; what has an extension stays 404",
      }),
  })
  .meta({ title: "location", description: "a folder of static files" });

const openFileCache = z
  .strictObject({
    valid: duration.prefault("1s").meta({
      description:
        "how long a file is served without checking it on disk; with `0ms` every request checks",
    }),
  })
  .meta({ title: "open file cache", description: "static files in memory" });

const extension = z
  .string()
  .regex(/^[a-z0-9_+-]+$/, 'expected an extension in lower case without its dot, such as "ico"');

const mediaType = z
  .string()
  .regex(
    /^[\w.+-]+\/[\w.+-]+(; *[\w-]+=[\w.-]+)*$/,
    'expected a media type such as "image/png" or "text/plain; charset=iso-8859-1"',
  );

export const webserver = z
  .strictObject({
    bind: bindAddress
      .optional()
      .meta({ description: "where to listen; `cluster.boxes.NAME.webserver` overrides it" }),
    tls: internalTls
      .optional()
      .meta({ description: "certificates towards the balancer; plain text when absent" }),
    edgeTls: edgeTls.optional().meta({
      description:
        "certificates shown to browsers, where no balancer is before this webserver; not beside `tls`",
    }),
    locations: z.array(location).default([]).meta({ description: "folders of static files" }),
    types: z.record(extension, mediaType).default({}).meta({
      description:
        "media types by extension, such as `{ ico: image/png }`; they take precedence over the built-in ones",
    }),
    openFileCache: openFileCache
      .prefault({})
      .meta({ description: "how static files are kept in memory" }),
    upstream: backend.optional().meta({
      description: "application servers, for every request that is not for a static file",
    }),
    trustedProxies: z
      .array(network)
      .default([])
      .meta({ description: "balancers whose `X-Forwarded-*` are believed" }),
    servedBy: z.boolean().default(false).meta({
      description: "name box and process in the answer's `x-served-by`; for demonstrations",
    }),
    limits: limits.prefault({}).meta({ description: "bounds on what a client may send" }),
    timeouts: clientTimeouts.prefault({}).meta({ description: "waiting for the client" }),
    loadReport: z.boolean().default(false).meta({
      description: "report the load to balancers in every answer (`endpoint-load-metrics`)",
    }),
    drain: duration.prefault("10s").meta({
      description: "how long running requests may take to finish when the tier is stopped",
    }),
  })
  .refine((w) => w.tls === undefined || w.edgeTls === undefined, {
    path: ["edgeTls"],
    error: "expected 'tls' (towards a balancer) or 'edgeTls' (towards browsers), not both",
  })
  .meta({ title: "webserver", description: "static files, and the way to the application" });

export type LocationConfig = z.output<typeof location>;
export type WebserverConfig = z.output<typeof webserver>;
