// TLS settings, at the edge (what browsers see) and between our own tiers (mutual, internal CA).
import { z } from "zod";
import { file } from "./units.ts";

/** Certificates shown to browsers; the first is the default, the others are chosen by SNI. */
export const edgeTls = z
  .strictObject({
    certificates: z
      .array(
        z.strictObject({
          cert: file.meta({ description: "PEM file: the certificate, then its chain" }),
          key: file.meta({ description: "PEM file: its private key" }),
        }),
      )
      .min(1)
      .meta({ description: "the first is the default, the others are chosen by server name" }),
    alpn: z
      .array(z.enum(["http/1.1"]))
      .default(["http/1.1"])
      .meta({ description: "protocols offered, the preferred one first" }),
    minVersion: z
      .enum(["TLSv1.2", "TLSv1.3"])
      .default("TLSv1.2")
      .meta({ description: "older versions are refused" }),
  })
  .meta({ title: "edge TLS", description: "what browsers see" });

/** Mutual TLS between tiers: both sides show a certificate of `ca` and verify the other's. */
export const internalTls = z
  .strictObject({
    ca: file.meta({ description: "PEM file: the authority that signed both sides" }),
    cert: file.meta({ description: "PEM file: the certificate shown to the other side" }),
    key: file.meta({ description: "PEM file: its private key" }),
  })
  .meta({ title: "internal TLS", description: "between tiers; each side verifies the other" });

export type EdgeTls = z.output<typeof edgeTls>;
export type InternalTls = z.output<typeof internalTls>;
