// The admin server for the operator: /metrics, /api/v1/status and one page. The admin server changes nothing. It has
// no log-in, so it listens on loopback unless configured otherwise.

import { READY_PATH, READY_TYPE, type Registry, readyCode, readyText } from "@tandem/telemetry";
import type { Address } from "@tandem/transport";
import { cannotListen, formatAddress } from "@tandem/transport";
import Fastify, { type FastifyInstance } from "fastify";
import { isOwnHost } from "./own-host.ts";
import { readinessOf } from "./own-readiness.ts";
import { PAGE_POLICY } from "./self-refresh.ts";
import type { Status } from "./status.ts";
import { statusPage } from "./status-page.ts";

export interface AdminOptions {
  readonly address: Address;
  readonly status: () => Status;
  readonly registry: Registry;
  /** Returns the host names that clients may ask for, besides addresses and `localhost`. */
  readonly names: () => readonly string[];
}

export class AdminServer {
  readonly #options: AdminOptions;
  readonly #app: FastifyInstance;

  constructor(options: AdminOptions) {
    const { status, registry, names } = options;
    this.#options = options;
    this.#app = Fastify({ logger: false, forceCloseConnections: true });
    this.#app.addHook("onSend", async (_request, reply) => {
      reply.header("cache-control", "no-store");
      reply.header("x-content-type-options", "nosniff");
      reply.header("content-security-policy", PAGE_POLICY);
    });
    this.#app.addHook("onRequest", async (request, reply) => {
      const { host } = request.headers;
      if (isOwnHost(host, names())) return;
      return reply.code(421).type("text/plain").send(foreignText(host));
    });
    this.#app.get("/", (_request, reply) => reply.type("text/html").send(statusPage(status())));
    this.#app.get("/api/v1/status", (_request, reply) => reply.send(status()));
    this.#app.get("/metrics", async (_request, reply) => {
      reply.type(registry.contentType);
      return registry.metrics();
    });
    this.#app.get(READY_PATH, (_request, reply) => {
      const readiness = readinessOf(status());
      const text = readyText(readiness, `${status().box}/balancer/${process.pid}`);
      return reply.code(readyCode(readiness)).type(READY_TYPE).send(text);
    });
    this.#app.get("/healthz", (_request, reply) => reply.type("text/plain").send("ok\n"));
  }

  /** Returns the URL of the status page. */
  get url(): string {
    const bound = this.#app.server.address();
    const { host, port } = this.#options.address;
    const inUse = bound !== null && typeof bound === "object" ? bound.port : port;
    return `http://${formatAddress({ host: host ?? "127.0.0.1", port: inUse })}/`;
  }

  async start(): Promise<void> {
    const { address } = this.#options;
    // With SO_REUSEPORT several processes can listen on the same port. So, for an upgrade, a new
    // balancer can be started while the old balancer still runs.
    const shared = { reusePort: process.platform === "linux" };
    try {
      await this.#app.listen({ host: address.host ?? "::", port: address.port, ...shared });
    } catch (error) {
      throw new Error(
        `the admin page ${cannotListen(error as NodeJS.ErrnoException, address).message}`,
      );
    }
  }

  async stop(): Promise<void> {
    await this.#app.close();
  }
}

const foreignText = (host = ""): string =>
  `the admin page does not answer for '${host}': ask by address or as localhost, or list the name in balancer.admin.names\n`;
