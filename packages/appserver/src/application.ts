// The contract between the host (this package) and the application that it hosts, and how an application is loaded.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Clock, describeThrown } from "@tandem/transport";
import type { FastifyInstance } from "fastify";
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import type { AppContext } from "./context.ts";
import type { DatabaseKind } from "./database/database.ts";
import type { NodeHandler } from "./node-handler.ts";
import { startStep } from "./start-step.ts";

export interface SeedContext<DB> {
  readonly database: Kysely<DB>;
  readonly kind: DatabaseKind;
  /** The wall-clock time, in milliseconds since 1970. */
  readonly now: number;
}

/**
 * The exports of the module that `appserver.app` names. It must export `app` or `handler`, or both. All other exports
 * are optional.
 */
export interface Application<DB = unknown> {
  /** Registers routes and hooks. Called once, before the server listens. */
  app?(fastify: FastifyInstance, context: AppContext<DB>): Promise<void>;
  /**
   * Makes a function for requests of node:http, such as an Express application. The function gets every request for
   * which no route is registered.
   */
  handler?(context: AppContext<DB>): NodeHandler | Promise<NodeHandler>;
  /**
   * Returns the application's database migrations by name. They are applied in the alphabetical
   * order of their names, so a later migration needs a later name, such as `0002_…` after `0001_…`.
   */
  migrations?(kind: DatabaseKind): Record<string, Migration>;
  /** Fills an empty database. Returns how many rows were written to each table. A second run must change nothing. */
  seed?(context: SeedContext<DB>): Promise<Record<string, number>>;
}

/**
 * Imports the application at `path`: a module, or a folder with an index.ts. Throws an error that
 * names `appserver.app` when the module does not exist, exports neither `app` nor `handler`, throws
 * an exception, or hangs in a top-level await. For an exception the error also names file and line.
 */
export async function loadApplication(path: string, clock: Clock): Promise<Application> {
  const file = applicationFile(path);
  if (!existsSync(file)) {
    throw new Error(
      `appserver.app: ${file} does not exist; expected a module, or a folder with an index.ts`,
    );
  }
  const step = { file, clock, when: "while it was loaded", pending: () => "a top-level await" };
  const loaded = await startStep(step, () => importFile(file));
  if (typeof loaded.app !== "function" && typeof loaded.handler !== "function") {
    throw new Error(
      `appserver.app: ${file} must export a function 'app(fastify, context)', or 'handler(context)' for Express, Koa and the like (and may export 'migrations' and 'seed')`,
    );
  }
  return loaded;
}

/** Returns the path of the module that `appserver.app` names. */
export function applicationFile(path: string): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? join(path, "index.ts") : path;
}

async function importFile(file: string): Promise<Application> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    throw new Error(`appserver.app: ${file} cannot be loaded: ${describeThrown(error)}`);
  }
}
