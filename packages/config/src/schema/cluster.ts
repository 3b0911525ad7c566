// The boxes, and which tier runs on which.
import { z } from "zod";
import { bindAddress, name } from "./units.ts";

const box = z.strictObject({
  balancer: z.boolean().default(false),
  webserver: z.strictObject({ bind: bindAddress }).optional(),
  appserver: z.strictObject({ bind: bindAddress }).optional(),
  names: z.array(z.string()).default([]).meta({
    description: "host names and addresses for this box's certificate, besides its own name",
  }),
});

export const cluster = z.strictObject({ boxes: z.record(name, box).default({}) });

export type BoxConfig = z.output<typeof box>;
export type ClusterConfig = z.output<typeof cluster>;
