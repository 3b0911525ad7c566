// What the host passes to an application. The application itself never reads tandem.yaml, opens a database or sees
// a secret.
import type { Clock } from "@tandem/transport";
import type { FastifyBaseLogger, FastifyPluginAsync } from "fastify";
import type { Kysely } from "kysely";
import type { DatabaseKind } from "./database/database.ts";

export interface AppContext<DB = unknown> {
  /** The site's host name, such as www.foobar.com. */
  readonly site: string;
  /** The box this process runs on. */
  readonly box: string;
  /** The value of `x-served-by`, such as box1/app/4711; undefined unless `appserver.servedBy` is set. */
  readonly servedBy: string | undefined;
  readonly database: Kysely<DB>;
  readonly databaseKind: DatabaseKind;
  /**
   * The plugin for cookies and sessions. Register it in a scope with the routes that need it. Those routes get
   * `request.session` and `reply.setCookie`; all other routes read no session.
   */
  readonly sessions: FastifyPluginAsync;
  /** The folder of tandem.yaml. Relative paths in that file start here, and so should those in `config`. */
  readonly folder: string;
  /** `appserver.config` of tandem.yaml, unchanged. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly logger: FastifyBaseLogger;
  readonly clock: Clock;
  /**
   * A key for one purpose, derived from the session secret. It is the same on every box, and useless for any other
   * purpose.
   */
  secret(purpose: string): string;
}
