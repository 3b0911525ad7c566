// The objects and values that the host passes to an application. With them the application needs
// neither to read tandem.yaml, nor to open a database, nor to know the session secret.
import type { Clock } from "@tandem/transport";
import type { FastifyBaseLogger, FastifyPluginAsync } from "fastify";
import type { Kysely } from "kysely";
import type { DatabaseKind } from "./database/database.ts";

export interface AppContext<DB = unknown> {
  /** The site's host name, such as www.foobar.com. */
  readonly site: string;
  /** The name of the box that this process runs on. */
  readonly box: string;
  /** The value of `x-served-by`, such as box1/app/4711; undefined unless `appserver.servedBy` is set. */
  readonly servedBy: string | undefined;
  readonly database: Kysely<DB>;
  readonly databaseKind: DatabaseKind;
  /**
   * The plugin for cookies and sessions. Register it in a Fastify scope together with the routes that need sessions.
   * These routes get `request.session` and `reply.setCookie`. For all other routes no session is read.
   */
  readonly sessions: FastifyPluginAsync;
  /**
   * The folder of tandem.yaml. Relative paths in that file are resolved from here. The application should resolve
   * relative paths in `config` from here too.
   */
  readonly folder: string;
  /** The section `appserver.config` of tandem.yaml, unchanged. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly logger: FastifyBaseLogger;
  readonly clock: Clock;
  /**
   * Returns a key that is derived from the session secret for one purpose. The key is the same on every box. It is
   * useless for any other purpose.
   */
  secret(purpose: string): string;
}
