// Adds an application to the Fastify instance that hosts it: first its plugin, then its handler for requests without a
// route. Then waits for everything else that the application does before the server listens.
import { describeThrown } from "@tandem/transport";
import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import type { Application } from "./application.ts";
import type { AppContext } from "./context.ts";
import { mountNodeHandler } from "./node-handler.ts";
import type { HostingServer } from "./server.ts";

export interface Registration {
  /**
   * Resolves when the application is registered. Rejects with an error that names `appserver.app`, file and line,
   * because the application's author has to correct the error.
   */
  readonly done: Promise<void>;
  /** Returns the name of the step that has not finished yet, for error messages, such as "its function 'handler'". */
  pending(): string;
}

/** Begins to register `application`. The caller has to limit how long `done` may take. */
export function register(
  { fastify, ownFields }: Pick<HostingServer, "fastify" | "ownFields">,
  application: Application,
  { context, bodyLimit }: { readonly context: AppContext; readonly bodyLimit: number },
): Registration {
  let pending = (): string => pendingPlugin(fastify);
  const run = async (): Promise<void> => {
    const plugin: FastifyPluginAsync = async (scope) => application.app?.(scope, context);
    await fastify.register(plugin);
    pending = () => "its function 'handler'";
    const handler = await application.handler?.(context);
    if (handler !== undefined) mountNodeHandler(fastify, handler, { bodyLimit, ownFields });
    pending = () => "a hook 'onReady'";
    await fastify.ready();
  };
  const done = run().catch((error: unknown) => {
    throw new Error(`appserver.app: the application failed to start: ${describeThrown(error)}`);
  });
  return { done, pending: () => pending() };
}

/**
 * Returns the name of the plugin that is being registered. Fastify's list of plugins shows -1 ms for a plugin that has
 * begun but not ended. The last such plugin is the innermost one.
 */
function pendingPlugin(fastify: FastifyInstance): string {
  const begun = [...fastify.printPlugins().matchAll(/[─┬] (.+) -1 ms$/gm)].map(([, name]) => name);
  const [, ...nested] = begun.filter((name) => name !== "bound _after");
  return nested.length === 0 ? "its function 'app'" : `its plugin '${nested.at(-1)}'`;
}
