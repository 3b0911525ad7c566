// The boxes, and which tiers run on each box.
import { z } from "zod";
import { bindAddress, name } from "./units.ts";

const tier = (section: string) =>
  z
    .strictObject({ bind: bindAddress.meta({ description: "where it listens on this box" }) })
    .optional()
    .meta({ description: `this box runs the ${section}; it does not when absent` });

const box = z
  .strictObject({
    balancer: z.boolean().default(false).meta({ description: "this box runs the balancer" }),
    webserver: tier("webserver"),
    appserver: tier("appserver"),
    names: z.array(z.string()).default([]).meta({
      description: "host names and addresses for this box's certificate, besides its own name",
    }),
  })
  .meta({ title: "box", description: "one machine, and the tiers it runs" });

export const cluster = z
  .strictObject({
    boxes: z
      .record(name, box)
      .default({})
      .meta({ description: "the machines, by name; `--box NAME` says which one this is" }),
  })
  .meta({ title: "cluster", description: "which tier runs where" });

export type BoxConfig = z.output<typeof box>;
export type ClusterConfig = z.output<typeof cluster>;
