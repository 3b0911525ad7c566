// The schema of the whole tandem.yaml. One file describes both boxes; every executable reads its own section.
import { z } from "zod";
import { appserver } from "./appserver.ts";
import { balancer } from "./balancer.ts";
import { cluster } from "./cluster.ts";
import { telemetry } from "./telemetry.ts";
import { folder, hostName } from "./units.ts";
import { webserver } from "./webserver.ts";

export const config = z
  .strictObject({
    $schema: z
      .string()
      .optional()
      .meta({ description: "for editors: the path of `tandem.schema.json`" }),
    site: hostName.meta({ description: "the site's host name" }),
    state: folder.default(".tandem").meta({
      description: "folder of a box's certificates, database and logs; no two sites may share one",
    }),
    balancer: balancer.optional(),
    webserver: webserver.optional(),
    appserver: appserver.optional(),
    cluster: cluster.prefault({}),
    telemetry: telemetry.prefault({}),
  })
  .meta({ title: "tandem.yaml", description: "one file for every process of every box" });

/**
 * A validated tandem.yaml. Durations are in milliseconds, sizes in bytes; addresses are parsed, paths are absolute, and
 * defaults are filled in.
 */
export type Config = z.output<typeof config>;
/** The type of tandem.yaml before validation. */
export type ConfigInput = z.input<typeof config>;
