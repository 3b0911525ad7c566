// Servers with requests in flight, and the feedback that a picker gets for them: the world of a pick.
import { openPicker, type Picker, type PickServer, TRAITS } from "@tandem/balancer/pickers";
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

/** Requests in flight per server, on average; fewer where idle servers are what matters. */
const PER_SERVER = 3;
const PER_IDLE_SERVER = 0.5;
const LEAST_OPEN = 64;
/** `first` fills one server after the other; it needs them to be finite. */
const MAX_CONNECTIONS = 1_000;

export class Fleet {
  readonly #picker: Picker<FakeServer>;
  readonly #context = { tried: [], key: 0 };
  readonly #open: FakeServer[] = [];
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
    this.#reports = TRAITS[algorithm].reports;
    for (const server of servers) this.#tell(server);
    const perServer = algorithm === "join-idle-queue" ? PER_IDLE_SERVER : PER_SERVER;
    const open = Math.max(LEAST_OPEN, perServer * count);
    for (let i = 0; i < open; i++) this.#open.push(this.#begin());
  }

  /** So many requests are given to servers; they take the places of those that `end` has ended. */
  pick(count: number): void {
    for (let i = 0; i < count; i++)
      this.#open[(this.#next + i) % this.#open.length] = this.#begin();
    this.#next = (this.#next + count) % this.#open.length;
  }

  /** The oldest `count` requests are answered and over. */
  end(count: number): void {
    for (let i = 0; i < count; i++) {
      const server = this.#open[(this.#next + i) % this.#open.length];
      if (server === undefined) continue;
      server.inFlight -= 1;
      const ms = 5 + (i & 7);
      this.#picker.firstByte?.(server, ms);
      this.#picker.ended?.(server, "ok", ms);
      if (this.#reports) this.#tell(server);
      if (this.#picker.probes !== undefined)
        for (const probed of this.#picker.probes()) this.#tell(probed);
    }
  }

  #begin(): FakeServer {
    this.#key = (Math.imul(this.#key, 1_664_525) + 1_013_904_223) >>> 0;
    this.#context.key = this.#key;
    const server = this.#picker.pick(this.#context);
    if (server === undefined) throw new Error("nobody picked: the fleet is too small for its load");
    server.inFlight += 1;
    this.#picker.started?.(server);
    return server;
  }

  #tell(server: FakeServer): void {
    this.#report.inFlight = server.inFlight;
    this.#picker.report?.(server, this.#report);
  }
}
