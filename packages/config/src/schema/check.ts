// How the health of a backend's servers is checked. Without a `check`, a server is checked only after a connection
// for a request has failed. nginx's `max_fails` and HAProxy's `observe layer4` also learn from requests.
import { z } from "zod";
import { duration } from "./units.ts";

const count = z.int().min(1);

const asked = z
  .strictObject({
    http: z
      .strictObject({
        path: z
          .string()
          .startsWith("/")
          .meta({ description: "asked with GET; 2xx and 3xx pass: `/healthz`" }),
        host: z.string().optional().meta({
          description: "the `Host` of the check's request; the server's address when absent",
        }),
      })
      .optional()
      .meta({
        description:
          "the request that a healthy server answers; when absent, a server passes when it accepts a connection",
      }),
    interval: duration.prefault("2s").meta({ description: "pause between two checks of a server" }),
    timeout: duration
      .prefault("1s")
      .meta({ description: "for connecting and answering together; no longer than `interval`" }),
    rise: count.default(2).meta({ description: "passes in a row before a server is UP again" }),
    fall: count.default(3).meta({ description: "failures in a row before a server is DOWN" }),
  })
  .meta({ title: "check", description: "active health checks" });

/** `check` in a file: `false`, `tcp`, or a mapping. */
export const check = z.union([z.literal(false), z.literal("tcp"), asked]);

/**
 * The kind of check that decides whether a server is healthy. `http`: the answers to the check's requests. `tcp`:
 * whether the server accepts the check's connections. `connections`: like `tcp`, but checks are made only after a
 * connection for a request has failed. `nothing`: servers are not checked.
 */
export type CheckKind = "http" | "tcp" | "connections" | "nothing";

/** How servers are checked; times in milliseconds. */
export interface CheckConfig {
  readonly by: CheckKind;
  /** The request that the check sends; with `http` only. */
  readonly http?: { readonly path: string; readonly host?: string | undefined } | undefined;
  readonly interval: number;
  readonly timeout: number;
  readonly rise: number;
  readonly fall: number;
}

/**
 * The settings of a check after a connection for a request has failed: one more failure takes the
 * server out, and one success brings the server back. A wrong result costs little, because a server
 * that was taken out is still tried when no other server is up.
 */
const UNCHECKED = { interval: 1000, timeout: 1000, rise: 1, fall: 1 } as const;

/** Returns the check as written, with all defaults filled in. */
export function checkConfig(written: z.output<typeof check> | undefined): CheckConfig {
  if (written === undefined) return { by: "connections", ...UNCHECKED };
  if (written === false) return { by: "nothing", ...UNCHECKED };
  const { http, ...times } = written === "tcp" ? asked.parse({}) : written;
  return http === undefined ? { by: "tcp", ...times } : { by: "http", http, ...times };
}
