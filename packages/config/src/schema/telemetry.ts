// Logs and metrics: where they are written, and the Sumo Logic source to which they are sent.
import { z } from "zod";
import { duration, file, folder, size } from "./units.ts";

const sumologic = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: "expected the http(s) URL of a Sumo Logic HTTP source" })
    .meta({ title: "URL", writeOnly: true })
    .optional()
    .meta({
      description:
        "of an HTTP source; a secret, because every holder of the URL can write, so prefer `urlFile`",
    }),
  urlFile: file.optional().meta({ description: "read the URL from this file instead" }),
  category: z
    .string()
    .regex(/^[\x21-\x7e]+$/, "expected printable ASCII without spaces")
    .default("tandem")
    .meta({
      description: "start of the source category; tier and stream follow: `tandem/balancer/…`",
    }),
  batch: size.prefault("256KiB").meta({ description: "sent when this much has gathered" }),
  interval: duration.prefault("2s").meta({ description: "sent at least this often" }),
  buffer: size
    .prefault("8MiB")
    .meta({ description: "kept while the sink is away; beyond it the oldest is dropped" }),
  metricsInterval: duration.prefault("15s").meta({ description: "pause between metric samples" }),
});

export const telemetry = z
  .strictObject({
    log: z
      .strictObject({
        level: z
          .enum(["debug", "info", "warn", "error"])
          .default("info")
          .meta({ description: "the least important messages to write" }),
        directory: folder
          .optional()
          .meta({ description: "a file per tier and box; standard output when absent" }),
        accessFormat: z
          .enum(["http", "json"])
          .default("http")
          .meta({ description: "`http`: HAProxy's line; `json`: a JSON object per request" }),
      })
      .prefault({})
      .meta({ description: "where logs go" }),
    sumologic: sumologic
      .refine((s) => (s.url === undefined) !== (s.urlFile === undefined), {
        error: "expected exactly one of 'url' and 'urlFile'",
      })
      .meta({ title: "sumologic", description: "ship logs and metrics to Sumo Logic" })
      .optional(),
  })
  .meta({ title: "telemetry", description: "logs and metrics" });

export type TelemetryConfig = z.output<typeof telemetry>;
export type SumoLogicConfig = z.output<typeof sumologic>;
