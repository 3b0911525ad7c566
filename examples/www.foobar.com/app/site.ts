// The objects that every route uses, and the keys that `appserver.config` of tandem.yaml may contain.
import { resolve } from "node:path";
import type { AppContext } from "@tandem/appserver";
import { z } from "zod";
import { type Assets, readAssets } from "./assets.ts";
import type { Tables } from "./data/schema.ts";
import { PictureReader } from "./pictures/reader.ts";

const config = z.strictObject({
  /** The folder that the webserver serves as /assets/. */
  assets: z.string(),
  /** How many times per minute one address may try to log in or sign up, in each process. */
  attempts: z.int().min(1).default(10),
});

export interface Site extends AppContext<Tables> {
  readonly assets: Assets;
  readonly attempts: number;
  readonly pictures: PictureReader;
}

/** Makes the Site from the context. Throws an error that names the key when the configuration is invalid. */
export function siteOf(context: AppContext<Tables>): Site {
  const { success, data, error } = config.safeParse(context.config);
  if (success) {
    const assets = readAssets(resolve(context.folder, data.assets));
    const pictures = new PictureReader(context);
    return { ...context, assets, attempts: data.attempts, pictures };
  }
  const [issue] = error.issues;
  throw new Error(`appserver.config.${issue?.path.join(".")}: ${issue?.message}`);
}
