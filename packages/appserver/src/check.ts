// Opens everything that a start of the appserver opens, except the listening port. The application is loaded and
// registers its routes, so the check also finds the application's own errors.
import { existsSync } from "node:fs";
import type { AppserverConfig } from "@tandem/config";
import { complaintOf } from "@tandem/transport";
import { loadApplication } from "./application.ts";
import { type AppserverOptions, createAppserver } from "./appserver.ts";
import { databaseUrl } from "./database/url.ts";
import { readSessionSecret } from "./sessions/secret.ts";

/**
 * Rejects with any error that would stop a start. A database that is away does not stop a start: the tier starts
 * without it.
 */
export async function checkAppserver(
  tier: AppserverConfig,
  options: Omit<AppserverOptions, "application">,
): Promise<readonly string[]> {
  const parts = [
    ...(await complaintOf(() => loadApplication(tier.app, options.clock))),
    ...(await complaintOf(() => readSessionSecret(tier.sessions.secretFile))),
    ...(await complaintOf(() => refuseMissingFile(tier.database))),
  ];
  if (parts.length > 0) return parts;
  return complaintOf(async () => {
    const application = await loadApplication(tier.app, options.clock);
    const appserver = createAppserver({ ...options, application });
    try {
      await appserver.open();
    } finally {
      await appserver.stop();
    }
  });
}

/**
 * Refuses when SQLite's file is missing. Opening it would create the file, and the file would belong to the user who
 * runs the check.
 */
function refuseMissingFile(config: AppserverConfig["database"]): void {
  const path = /^sqlite:(?!:memory:$)(.+)$/.exec(databaseUrl(config))?.[1];
  if (path === undefined || existsSync(path)) return;
  throw new Error(
    `appserver.database.${config.urlFile === undefined ? "url" : "urlFile"}: there is no database ${path} yet; 'tandem prepare' creates it`,
  );
}
