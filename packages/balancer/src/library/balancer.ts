// A balancer inside another program. It has the data plane, the health checks and the counters of one thread, and
// runs in the thread that made it. The constructor starts nothing, and `close` leaves nothing running.
import { type BalancerConfig, certificateGroups } from "@tandem/config";
import type { Filter } from "@tandem/filters";
import {
  descriptorLimit,
  formatAddress,
  type Inspection,
  inspectAll,
  Names,
  systemClock,
  systemRng,
} from "@tandem/transport";
import { type FrontendView, type Status, statusOf } from "../admin/status.ts";
import { ServerNames } from "../backend/server-names.ts";
import { type BackendHealth, openHealth } from "../control/backend-health.ts";
import { Complaints } from "../control/complaints.ts";
import { TicketSecret } from "../control/ticket-secret.ts";
import { DataPlane } from "../data/data-plane.ts";
import { fitConnections } from "../frontend/descriptors.ts";
import { lackOfNode } from "../frontend/older-node.ts";
import { allocateShared, memoryOf } from "../memory/shared-memory.ts";
import { Tally } from "../memory/tally.ts";
import { connectionEnvironment } from "../pool/server-pool.ts";
import type { Server } from "../server/server.ts";
import { checkEmbedding, type Embedding, hookTimeoutOf, nameOf } from "./embedding.ts";
import { Events } from "./events.ts";
import { findByName } from "./find-by-name.ts";
import { hookFilters } from "./hook-filters.ts";
import { type BalancerOptions, readOptions } from "./options.ts";

/** Settings of a server that the operator can change. A setting whose key is absent stays as it is. */
export interface ServerChange {
  /**
   * ready: the health checks decide whether the server gets requests. drain and maint: the server gets no new requests,
   * and its running requests go on.
   */
  readonly state?: "ready" | "drain" | "maint";
  /** The server's weight, from 0 (no new requests) to 256. */
  readonly weight?: number;
}

/** The balancer that `createBalancer` makes. Its events are described in `BalancerEvents`. */
export class Balancer extends Events implements AsyncDisposable {
  readonly #config: BalancerConfig;
  readonly #box: string;
  readonly #frontends: readonly FrontendView[];
  readonly #backends: readonly BackendHealth[];
  /**
   * The objects that the connections of the health checks share: clock, deadlines, read buffers,
   * names. The connections of requests have other objects of these kinds.
   */
  readonly #environment = connectionEnvironment(systemClock, new Names());
  readonly #names: ServerNames;
  readonly #certificates: Inspection;
  readonly #plane: DataPlane;
  readonly #tickets: TicketSecret;
  readonly #startedAt = systemClock.wall();
  #draining = false;
  #ports: ReadonlyMap<string, number> = new Map();
  #phase: "new" | "started" | "closed" = "new";

  constructor(options: BalancerOptions, embedding: Embedding) {
    super();
    const { config, missing } = fitConnections(readOptions(options), 1, descriptorLimit());
    checkEmbedding(embedding);
    const [clock, rng, box] = [systemClock, systemRng, nameOf(embedding)];
    this.#config = config;
    this.#box = box;
    const warner = { warn: (_: object, message: string) => process.emitWarning(message) };
    const { tell: complain } = new Complaints(clock, warner);
    for (const told of [missing, lackOfNode(config)]) if (told !== undefined) complain(told);
    const memory = allocateShared(config, 1, rng);
    this.#frontends = Object.entries(config.frontends).map(([name, frontend]) => {
      return { name, config: frontend, tally: new Tally(memoryOf(memory.frontends, name), 0) };
    });
    this.#backends = openHealth(config, memory, {
      ...{ box, connecting: this.#environment, rng },
      complain,
      changed: (change) => this.tell(change.up ? "serverUp" : "serverDown", change),
      degraded: () => undefined, // there is no event for this change; `status()` shows it
    });
    this.#certificates = inspectAll(certificateGroups({ balancer: config }));
    this.#tickets = new TicketSecret({
      ...{ clock, file: config.ticketKeys },
      renewed: (secret) => this.#plane.useTicketSecret(secret),
    });
    this.#plane = new DataPlane({
      ...{ config, memory, thread: 0, box, clock, rng, names: new Names() },
      ...{ sharePorts: false, complain },
      ticketSecret: this.#tickets.current,
      filters: this.#filters(embedding),
      log: (record) => this.tell("exchange", record),
      refused: (refusal) => this.tell("refused", refusal),
    });
    this.#names = new ServerNames({
      ...{ clock, complain, names: this.#environment.names },
      changed: (name, addresses) => this.#plane.learn(name, addresses),
    });
  }

  /**
   * Checks once every server that has regular checks, opens the listeners and resolves to this balancer. When an
   * address is not available, closes everything again and rejects. May be called only once.
   */
  async start(): Promise<this> {
    if (this.#phase !== "new") throw new Error("A balancer is started once; make a new one");
    this.#phase = "started";
    try {
      await this.#names.watch(this.#config.backends);
      await Promise.all(this.#backends.map(({ health }) => health.start()));
      this.#stillOpen();
      this.#ports = new Map(Object.entries(await this.#plane.listen()));
      this.#stillOpen();
    } catch (error) {
      await this.close();
      throw error;
    }
    return this;
  }

  /**
   * Returns the port that a frontend listens on. The name may be left out when there is only one frontend. Throws
   * before the balancer listens.
   */
  port(frontend?: string): number {
    const name = findByName("frontend", this.#frontends, frontend).name;
    const port = this.#ports.get(name);
    if (port === undefined)
      throw new Error("The balancer does not listen yet; await start() first");
    return port;
  }

  /** Returns the URL of a frontend on this machine: `http://127.0.0.1:34567`. */
  url(frontend?: string): string {
    const { name, config } = findByName("frontend", this.#frontends, frontend);
    const { host = "127.0.0.1" } = config.bind;
    const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
    const scheme = config.tls === undefined ? "http" : "https";
    return `${scheme}://${formatAddress({ host: reachable, port: this.port(name) })}`;
  }

  /**
   * Returns the state of the balancer at this moment, in the form in which a balancer process answers /api/v1/status.
   */
  status(): Status {
    return statusOf({
      box: this.#box,
      startedAt: this.#startedAt,
      now: systemClock.wall(),
      draining: this.#draining,
      threads: { count: 1, deaths: 0 },
      reloads: { done: 0, refused: 0, refusal: "" },
      frontends: this.#frontends,
      backends: this.#backends,
      certificates: this.#certificates,
    });
  }

  /**
   * Changes a server's state or weight. The change applies from the next request on, and lasts until the process ends.
   */
  setServer(backend: string, server: string, { state, weight }: ServerChange): void {
    const { servers, health } = findByName("backend", this.#backends, backend);
    const target = findByName("server", servers, server);
    if (weight !== undefined) {
      if (!Number.isInteger(weight) || weight < 0 || weight > 256)
        throw new RangeError(`Found weight ${weight}, expected a whole number from 0 to 256`);
      target.setWeight(weight);
    }
    if (state !== undefined) this.#setState(target, state, health.report(target)?.last?.passed);
  }

  /**
   * Stops the balancer without losing a request. The running requests are finished. On each connection that is still
   * open, one more request is answered, and then the connection is closed. Idle connections are closed too. When the
   * last connection has closed, or after `deadlineMs` (by default the option `drain`), closes the balancer and
   * resolves.
   */
  async drain(deadlineMs: number = this.#config.drain): Promise<void> {
    this.#draining = true;
    if (this.#phase === "started") await this.#plane.drain(deadlineMs);
    await this.close();
  }

  /** Ends everything at once: listeners, connections, checks. May be called in any state, and repeatedly. */
  async close(): Promise<void> {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    for (const { health } of this.#backends) health.stop();
    this.#names.stop();
    this.#environment.deadlines.stop();
    this.#tickets.stop();
    this.#plane.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #filters(embedding: Embedding): readonly Filter[] {
    return hookFilters({
      hooks: embedding,
      backends: this.#backends.map(({ name }) => name),
      timeoutMs: hookTimeoutOf(embedding),
      failed: (fault) => this.failed(fault),
    });
  }

  #setState(server: Server, state: string, passed: boolean | undefined): void {
    if (state === "ready") server.set(passed === false ? "down" : "up");
    else if (state === "drain") server.set("draining");
    else if (state === "maint") server.set("maint");
    else throw new TypeError(`Found state "${state}", expected "ready", "drain" or "maint"`);
  }

  #stillOpen(): void {
    if (this.#phase === "closed") throw new Error("The balancer was closed while it started");
  }
}
