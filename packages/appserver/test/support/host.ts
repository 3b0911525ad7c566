// Runs an appserver inside the test's own process, configured by the section `appserver` of a tandem.yaml.
import { join } from "node:path";
import type { Config, ConfigInput } from "@tandem/config";
import { configSchema } from "@tandem/config/schema";
import { type Clock, systemClock } from "@tandem/transport";
import { Registry } from "prom-client";
import {
  type Application,
  type Appserver,
  createAppserver,
  ensureSessionSecret,
  migrate,
  openDatabase,
} from "../../src/index.ts";
import { remembering } from "./logger.ts";

export interface Host extends Appserver {
  /** The URL of the appserver, such as http://127.0.0.1:45678. */
  readonly url: string;
  readonly accessLines: readonly string[];
  readonly logged: readonly string[];
  readonly registry: Registry;
}

export interface HostOptions {
  readonly application: Application;
  /** The folder of the session secret. */
  readonly folder: string;
  readonly appserver: Omit<NonNullable<ConfigInput["appserver"]>, "app">;
  readonly migrate?: boolean;
  /** The clock of the appserver; by default the machine's clock. */
  readonly clock?: Clock;
}

/**
 * Parses the configuration, migrates and seeds the database unless `migrate` is false, and starts the tier on a free
 * port. If the tier fails to start, it is stopped.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const config = hostConfig(options);
  const { appserver } = config;
  if (appserver === undefined) throw new Error("no appserver section");
  ensureSessionSecret(appserver.sessions.secretFile);
  if (options.migrate !== false) {
    const database = await openDatabase(appserver.database, { queryTimeoutMs: 0 });
    await migrate(database, options.application, { seed: true, now: systemClock.wall() });
    await database.close();
  }
  const { logger, said } = remembering();
  const accessLines: string[] = [];
  const registry = new Registry();
  const host = createAppserver({
    ...{ config, box: "box1", application: options.application, logger, registry },
    accessLog: { write: (line) => void accessLines.push(line) },
    clock: options.clock ?? systemClock,
  });
  try {
    await host.start();
  } catch (error) {
    await host.stop();
    throw error;
  }
  const [url = ""] = host.addresses();
  return Object.assign(host, { url, accessLines, logged: said, registry });
}

function hostConfig({ folder, appserver }: HostOptions): Config {
  return configSchema.parse({
    site: "www.foobar.com",
    appserver: {
      bind: "127.0.0.1:0",
      app: "unused",
      ...appserver,
      sessions: { secretFile: join(folder, "session.key"), ...appserver.sessions },
    },
  });
}
