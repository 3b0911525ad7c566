// TLS settings, at the edge (what browsers see) and between our own tiers (mutual, internal CA).
import { z } from "zod";

const path = z.string().min(1).meta({ description: "a file, relative to the working directory" });

/** Certificates shown to browsers; the first is the default, the others are chosen by SNI. */
export const edgeTls = z.strictObject({
  certificates: z.array(z.strictObject({ cert: path, key: path })).min(1),
  alpn: z.array(z.enum(["http/1.1"])).default(["http/1.1"]),
  minVersion: z.enum(["TLSv1.2", "TLSv1.3"]).default("TLSv1.2"),
});

/** Mutual TLS between tiers: both sides show a certificate of `ca` and verify the other's. */
export const internalTls = z.strictObject({ ca: path, cert: path, key: path });

export type EdgeTls = z.output<typeof edgeTls>;
export type InternalTls = z.output<typeof internalTls>;
