// Simulated servers with requests in flight. A picker (a balancing algorithm at work) chooses a server for each
// request, and gets feedback: that the request started, was answered and ended.
import { ALGORITHMS, openPicker, type Picker, type PickServer } from "@tandem/balancer/pickers";
import { systemClock, systemRng } from "@tandem/transport";
import type { Subject } from "./subjects.ts";

class FakeServer implements PickServer {
  readonly name: string;
  readonly weight: number;
  readonly maxConnections: number;
  inFlight = 0;
  up = true;

  constructor(name: string, weight: number, maxConnections: number) {
    this.name = name;
    this.weight = weight;
    this.maxConnections = maxConnections;
  }

  get usable(): boolean {
    return this.up && (this.maxConnections === 0 || this.inFlight < this.maxConnections);
  }
}

/**
 * How many requests each server has in flight, on average. For algorithms that look for idle
 * servers, PER_IDLE_SERVER applies.
 */
const PER_SERVER = 3;
const PER_IDLE_SERVER = 0.5;
const LEAST_OPEN = 64;
const MOST_OPEN = 4_096;
/**
 * The limit of a server's connections. The algorithm `first` fills one server after the other, so it needs a finite
 * limit.
 */
const MAX_CONNECTIONS = 1_000;

export class Fleet {
  readonly #picker: Picker<FakeServer>;
  readonly #context = { tried: [], key: 0 };
  readonly #open: FakeServer[] = [];
  readonly #since: Float64Array;
  readonly #reports: boolean;
  readonly #report = { inFlight: 0, latencyMs: 5, utilization: 0.5, requestsPerSecond: 100 };
  #next = 0;
  #key = 1;

  constructor({ algorithm, parameters }: Subject, count: number) {
    let tickets = 0;
    const environment = { rng: systemRng, now: systemClock.now, ticket: () => tickets++ };
    const servers = Array.from(
      { length: count },
      (_, i) => new FakeServer(`server-${i}`, 1 + (i % 3), MAX_CONNECTIONS),
    );
    this.#picker = openPicker(algorithm, environment, parameters);
    this.#picker.update(servers);
    this.#reports = ALGORITHMS[algorithm].traits.reports;
    for (const server of servers) this.#tell(server);
    const perServer = algorithm === "join-idle-queue" ? PER_IDLE_SERVER : PER_SERVER;
    const open = Math.min(MOST_OPEN, Math.max(LEAST_OPEN, perServer * count));
    this.#since = new Float64Array(open).fill(systemClock.now());
    for (let i = 0; i < open; i++) {
      const server = this.#begin();
      this.#picker.started?.(server);
      this.#open.push(server);
    }
  }

  /** Gives `count` new requests to servers. The new requests take the places of requests that `end` has ended. */
  pick(count: number): void {
    for (let i = 0; i < count; i++)
      this.#open[(this.#next + i) % this.#open.length] = this.#begin();
  }

  /** Makes `count` picks without giving the requests to servers and without feedback to the picker. */
  ask(count: number): void {
    for (let i = 0; i < count; i++) {
      this.#nextKey();
      this.#picker.pick(this.#context);
    }
  }

  /** Reports to the picker the start of the requests that `pick` gave to servers. */
  start(count: number): void {
    const now = systemClock.now();
    for (let i = 0; i < count; i++) {
      const at = (this.#next + i) % this.#open.length;
      const server = this.#open[at];
      this.#since[at] = now;
      if (server !== undefined) this.#picker.started?.(server);
    }
    this.#next = (this.#next + count) % this.#open.length;
  }

  /** Reports the answers and the ends of the oldest `count` requests to the picker. */
  end(count: number): void {
    const now = systemClock.now();
    for (let i = 0; i < count; i++) {
      const at = (this.#next + i) % this.#open.length;
      const server = this.#open[at];
      if (server === undefined) continue;
      server.inFlight -= 1;
      const ms = now - (this.#since[at] ?? now);
      this.#picker.firstByte?.(server, ms);
      this.#picker.ended?.(server, "ok", ms);
      if (this.#reports) this.#tell(server);
      if (this.#picker.probes !== undefined)
        for (const probed of this.#picker.probes()) this.#tell(probed);
    }
  }

  #begin(): FakeServer {
    this.#nextKey();
    const server = this.#picker.pick(this.#context);
    if (server === undefined)
      throw new Error("no server picked: the fleet is too small for its load");
    server.inFlight += 1;
    return server;
  }

  #nextKey(): void {
    this.#key = (Math.imul(this.#key, 1_664_525) + 1_013_904_223) >>> 0;
    this.#context.key = this.#key;
  }

  #tell(server: FakeServer): void {
    this.#report.inFlight = server.inFlight;
    this.#picker.report?.(server, this.#report);
  }
}
