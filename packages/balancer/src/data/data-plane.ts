// All frontends and backends of one data thread. A reload has two steps: `prepare` does everything
// that can fail, in every thread, before `commit` changes anything in any thread.
import type { BalancerConfig } from "@tandem/config";
import type { Filter } from "@tandem/filters";
import type { Protocols } from "@tandem/front";
import type { AccessRecord } from "@tandem/telemetry";
import { type Clock, Names, type Rng } from "@tandem/transport";
import { Backend } from "../backend/backend.ts";
import type { BackendEnvironment, BackendPlan } from "../backend/plan.ts";
import { type CustomAlgorithms, loadCustoms, NO_CUSTOMS } from "../balance/custom.ts";
import type { Complain } from "../balance/guarded.ts";
import type { FrontendEnvironment } from "../frontend/frontend.ts";
import type { OpenFrontend } from "../frontend/open-frontend.ts";
import type { FilterSurroundings } from "../frontend/plan-filters.ts";
import type { Refusal } from "../frontend/refusal.ts";
import { COUNTER } from "../memory/counters.ts";
import { memoryOf, type SharedMemory } from "../memory/shared-memory.ts";
import { Tally } from "../memory/tally.ts";
import type { ServerProtocol } from "../pool/protocol.ts";
import { connectionEnvironment } from "../pool/server-pool.ts";
import { planOpenFrontend } from "./plan-frontend.ts";

export interface DataPlaneOptions {
  readonly config: BalancerConfig;
  readonly memory: SharedMemory;
  /** The index of this thread among the threads that share the memory, from 0 on. */
  readonly thread: number;
  readonly box: string;
  /**
   * The balancer's name in Via and Proxy-Status: `tandem-` and the name of the box, if the box has a name of
   * its own.
   */
  readonly pseudonym?: string;
  readonly clock: Clock;
  readonly rng: Rng;
  /** The known addresses of servers whose address is a host name; not shared with other data planes. */
  readonly names?: Names;
  readonly log: (record: AccessRecord) => void;
  /** Whether other threads or processes may listen on the same ports; true when absent. */
  readonly sharePorts?: boolean;
  /** Filters for every frontend. They are asked after the configured filters. */
  readonly filters?: readonly Filter[];
  /** The loaded custom algorithms; required when the configuration names some. */
  readonly customs?: CustomAlgorithms;
  /** Called with a message for the operator about a problem that does not stop requests from being served. */
  readonly complain?: Complain;
  /** The secret of TLS session tickets until `useTicketSecret` is called; the same in all threads. */
  readonly ticketSecret: Uint8Array;
  /** Called for each connection that is refused before it is accepted as a client's connection. */
  readonly refused?: (refusal: Refusal) => void;
  /** The protocols that clients may use; all of them when absent. */
  readonly protocols?: Protocols | undefined;
  /** The protocol that is used with servers; the one that the configuration names when absent. */
  readonly serverProtocol?: ServerProtocol | undefined;
}

/**
 * A configuration, and the backends and frontends that it needs. New parts, such as new listeners, are open already.
 */
interface Plan {
  readonly config: BalancerConfig;
  readonly memory: SharedMemory;
  readonly backends: ReadonlyMap<string, Backend>;
  readonly backendPlans: ReadonlyMap<Backend, BackendPlan>;
  readonly frontends: readonly OpenFrontend[];
  /** Puts the configuration in force in the frontends that are open already. */
  readonly adoptions: readonly (() => void)[];
}

const CALLED_OFF = "the reload was called off";

export class DataPlane {
  readonly #options: DataPlaneOptions;
  readonly #deadlines: BackendEnvironment["deadlines"];
  readonly #environment: BackendEnvironment;
  /** The frontends and backends that a reload has removed. Each stays here until its last request has ended. */
  readonly #leaving = new Set<OpenFrontend | Backend>();
  #current: Plan;
  #next: Plan | undefined = undefined;
  /** Increases with every `prepare` and `abort`: a preparation that began with a lower number is given up. */
  #turn = 0;
  #sessions: readonly Tally[] = [];
  #ticketSecret: Uint8Array;

  /** Throws when certificates cannot be read. */
  constructor(options: DataPlaneOptions) {
    const { config, memory, thread, box, rng, customs = NO_CUSTOMS } = options;
    const { complain = () => undefined } = options;
    const connecting = connectionEnvironment(
      options.clock,
      options.names ?? new Names(),
      options.serverProtocol,
    );
    this.#options = options;
    this.#ticketSecret = options.ticketSecret;
    this.#deadlines = connecting.deadlines;
    this.#environment = { ...connecting, thread, box, rng, complain };
    this.#current = this.#plan(config, memory, customs);
    this.#sessions = this.#tallies(memory);
  }

  /** Opens every listener; resolves to the ports in use, by the name of the frontend. */
  async listen(): Promise<Readonly<Record<string, number>>> {
    for (const frontend of this.#current.frontends) await frontend.listen();
    return this.ports;
  }

  get ports(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#current.frontends.map(({ name, port }) => [name, port]));
  }

  /** Sets another secret for TLS session tickets. From now on, tickets of the old secret lead to full handshakes. */
  useTicketSecret(secret: Uint8Array): void {
    this.#ticketSecret = secret;
    const { frontends } = this.#current;
    for (const frontend of [...frontends, ...(this.#next?.frontends ?? [])])
      frontend.useTicketSecret(secret);
  }

  /**
   * Reads the certificates of these frontends again, without a reload. When the files of a frontend cannot be used, it
   * keeps what it read before.
   */
  renewCertificates(names: readonly string[]): void {
    for (const frontend of this.#current.frontends) {
      if (!names.includes(frontend.name)) continue;
      try {
        frontend.renewCertificates();
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        this.#environment.complain(`frontend ${frontend.name} keeps its certificates: ${why}`);
      }
    }
  }

  /** Makes and opens everything that a configuration needs. When that fails, closes what was opened and rejects. */
  async prepare(config: BalancerConfig, memory: SharedMemory): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    const customs = await loadCustoms(config);
    if (turn !== this.#turn) throw new Error(CALLED_OFF);
    const plan = this.#plan(config, memory, customs);
    this.#next = plan;
    try {
      for (const frontend of this.#opened(plan)) {
        await frontend.listen();
        if (this.#next !== plan) throw new Error(CALLED_OFF);
      }
    } catch (error) {
      if (this.#next === plan) this.#next = undefined;
      this.#discard(plan);
      throw error;
    }
  }

  /** Puts the prepared configuration in force, in one synchronous step. */
  commit(): Readonly<Record<string, number>> {
    const plan = this.#next;
    const before = this.#current;
    if (plan === undefined) throw new Error("commit without prepare");
    this.#next = undefined;
    this.#current = plan;
    this.#sessions = this.#tallies(plan.memory);
    const drainMs = plan.config.drain;
    for (const [backend, next] of plan.backendPlans) backend.adopt(next, drainMs);
    for (const adopt of plan.adoptions) adopt();
    const frontends = before.frontends.filter((frontend) => !plan.frontends.includes(frontend));
    for (const frontend of frontends) void frontend.drain(drainMs, true);
    const backends = [...before.backends.values()].filter(
      (backend) => plan.backends.get(backend.name) !== backend,
    );
    this.#leave([...frontends, ...backends], drainMs);
    return this.ports;
  }

  /** Sets the new addresses of a host name. */
  learn(name: string, addresses: readonly string[]): void {
    this.#environment.names.learn(name, addresses);
    const leaving = [...this.#leaving].filter((part) => part instanceof Backend);
    for (const backend of [...this.#current.backends.values(), ...leaving]) backend.readdress(name);
  }

  /** Gives up the reload that `prepare` began, and closes the new parts that were opened for the reload. */
  abort(): void {
    this.#turn += 1;
    const plan = this.#next;
    this.#next = undefined;
    if (plan !== undefined) this.#discard(plan);
  }

  /**
   * Drains all frontends. Resolves when the last connection is closed, or at the deadline. `replaced` says that another
   * process listens on the same ports.
   */
  async drain(deadlineMs: number, replaced = false): Promise<void> {
    this.abort();
    const leaving = [...this.#leaving].filter((part) => !(part instanceof Backend));
    const frontends = [...this.#current.frontends, ...leaving];
    await Promise.all(frontends.map((frontend) => frontend.drain(deadlineMs, replaced)));
  }

  stop(): void {
    this.abort();
    const { frontends, backends } = this.#current;
    for (const part of [...frontends, ...this.#leaving, ...backends.values()]) part.stop();
    this.#deadlines.stop();
  }

  #plan(config: BalancerConfig, memory: SharedMemory, customs: CustomAlgorithms): Plan {
    const before: Plan | undefined = this.#current;
    const backends = new Map<string, Backend>();
    const backendPlans = new Map<Backend, BackendPlan>();
    for (const [name, written] of Object.entries(config.backends)) {
      const own = memoryOf(memory.backends, name);
      const kept = before?.backends.get(name);
      const backend = kept ?? new Backend(name, written, own, this.#environment, customs);
      backends.set(name, backend);
      if (kept !== undefined) backendPlans.set(kept, kept.plan(written, own, customs));
    }
    const surroundings = this.#surroundings;
    const planned = Object.entries(config.frontends).map(([name, written]) => {
      const kept = before?.frontends.find((frontend) => frontend.name === name);
      const about = { name, config: written, backends, all: config.frontends, surroundings };
      return planOpenFrontend(about, kept, () => this.#environmentOf(name, memory));
    });
    const frontends = planned.map(({ frontend }) => frontend);
    const adoptions = planned.flatMap(({ adopt }) => adopt ?? []);
    for (const frontend of frontends)
      if (before?.frontends.includes(frontend) !== true)
        frontend.useTicketSecret(this.#ticketSecret);
    return { config, memory, backends, backendPlans, frontends, adoptions };
  }

  get #surroundings(): FilterSurroundings {
    const { clock, complain } = this.#environment;
    return { clock, complain, added: this.#options.filters ?? [] };
  }

  #environmentOf(name: string, memory: SharedMemory): FrontendEnvironment {
    const { box, pseudonym, log, sharePorts = true, thread } = this.#options;
    const { refused, protocols } = this.#options;
    return {
      ...{ deadlines: this.#deadlines, sharePorts, refused, protocols },
      clock: this.#environment.clock,
      buffers: this.#environment.buffers,
      tally: new Tally(memoryOf(memory.frontends, name), thread),
      via: pseudonym ?? `tandem-${box}`,
      log: (record) => {
        for (const tally of this.#sessions) record.actconn += tally.sum(COUNTER.current);
        log(record);
      },
    };
  }

  #discard(plan: Plan): void {
    for (const frontend of this.#opened(plan)) frontend.stop();
    for (const [name, backend] of plan.backends) {
      if (this.#current.backends.get(name) !== backend) backend.stop();
    }
  }

  /** Returns the frontends of `plan` that the current plan does not have. */
  #opened(plan: Plan): readonly OpenFrontend[] {
    return plan.frontends.filter((frontend) => !this.#current.frontends.includes(frontend));
  }

  /**
   * Returns the counters of all frontends. From these counters, access records get the number of
   * clients' connections that are open in all threads.
   */
  #tallies({ frontends }: SharedMemory): readonly Tally[] {
    return Object.values(frontends).map((counters) => new Tally(counters, this.#options.thread));
  }

  /**
   * Lets the requests of removed frontends and backends finish. After `drainMs`, requests that are still running are
   * cut off.
   */
  #leave(parts: readonly (OpenFrontend | Backend)[], drainMs: number): void {
    for (const part of parts) this.#leaving.add(part);
    this.#options.clock.after(drainMs, () => {
      for (const part of parts) {
        part.stop();
        this.#leaving.delete(part);
      }
    });
  }
}
