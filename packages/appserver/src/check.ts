// Checks whether the appserver could start. The check opens everything that a start opens, except the listening port.
// It also loads the application and registers its routes, so it finds the errors of the application.
import { existsSync } from "node:fs";
import type { AppserverConfig } from "@tandem/config";
import { complaintOf } from "@tandem/transport";
import { loadApplication } from "./application.ts";
import { type AppserverOptions, createAppserver } from "./appserver.ts";
import { databaseUrl } from "./database/url.ts";
import { readSessionSecret } from "./sessions/secret.ts";

/**
 * Returns the message of each error that would stop a start; empty when a start would succeed. An
 * unreachable database is not reported as an error, because the tier starts without it.
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
 * Throws when the SQLite file is missing. Opening the database would create the file, and the file would belong to the
 * user who runs the check.
 */
function refuseMissingFile(config: AppserverConfig["database"]): void {
  const path = /^sqlite:(?!:memory:$)(.+)$/.exec(databaseUrl(config))?.[1];
  if (path === undefined || existsSync(path)) return;
  throw new Error(
    `appserver.database.${config.urlFile === undefined ? "url" : "urlFile"}: there is no database ${path} yet; 'tandem prepare' creates it`,
  );
}
