// Logs and metrics: where they are written, and the Sumo Logic source they are shipped to.
import { z } from "zod";
import { duration, size } from "./units.ts";

const sumologic = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: "expected the http(s) URL of a Sumo Logic HTTP source" })
    .optional()
    .meta({ description: "a secret: whoever knows it can write; prefer urlFile" }),
  urlFile: z.string().optional(),
  category: z.string().default("tandem"),
  batch: size.prefault("256KiB").meta({ description: "sent when this much has gathered" }),
  interval: duration.prefault("2s").meta({ description: "sent at least this often" }),
  buffer: size
    .prefault("8MiB")
    .meta({ description: "kept while the sink is away; oldest dropped" }),
  metricsInterval: duration.prefault("15s"),
});

export const telemetry = z.strictObject({
  log: z
    .strictObject({
      level: z.enum(["debug", "info", "warn", "error"]).default("info"),
      directory: z.string().optional().meta({ description: "files per tier; stdout when absent" }),
      accessFormat: z.enum(["http", "json"]).default("http"),
    })
    .prefault({}),
  sumologic: sumologic
    .refine((s) => s.url !== undefined || s.urlFile !== undefined, {
      error: "expected 'url' or 'urlFile'",
    })
    .optional(),
});

export type TelemetryConfig = z.output<typeof telemetry>;
export type SumoLogicConfig = z.output<typeof sumologic>;
