// What an application is handed. It never reads tandem.yaml, opens a database or sees a secret itself.
import type { Clock } from "@tandem/transport";
import type { FastifyBaseLogger, FastifyPluginAsync } from "fastify";
import type { Kysely } from "kysely";
import type { DatabaseKind } from "./database/database.ts";

export interface AppContext<DB = unknown> {
  /** The site's host name, such as www.foobar.com. */
  readonly site: string;
  /** The box this process runs on. */
  readonly box: string;
  /** What `x-served-by` says, such as box1/app/4711; undefined unless `appserver.servedBy`. */
  readonly servedBy: string | undefined;
  readonly database: Kysely<DB>;
  readonly databaseKind: DatabaseKind;
  /**
   * Cookies and sessions, to be registered around the routes that need them. Registering it gives
   * `request.session` and `reply.setCookie`; a route outside costs no look-up.
   */
  readonly sessions: FastifyPluginAsync;
  /** The folder of tandem.yaml: where relative paths in it start, those in `config` too. */
  readonly folder: string;
  /** `appserver.config` of tandem.yaml, as it stands there. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly logger: FastifyBaseLogger;
  readonly clock: Clock;
  /** A key for one purpose, derived from the session secret: the same on every box, useless for any other purpose. */
  secret(purpose: string): string;
}
