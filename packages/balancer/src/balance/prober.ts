// Asks servers for their load while requests are served (Prequal's asynchronous probes). Each thread keeps one
// connection to each server for its probes. The thread sends GETs on that connection, one at a time, and no request of
// a client uses the connection. A probe that is not answered in time has no effect. For a server that has no page with
// its load, the algorithm is told the balancer's own counts, and the server is probed again later.
import { ALGORITHMS, type Picker } from "@tandem/algorithms";
import type { BackendConfig } from "@tandem/config";
import { formatAddress, type ServerTls, type Timer } from "@tandem/transport";
import { COUNTER } from "../memory/counters.ts";
import { Pool } from "../pool/pool.ts";
import { ask, type Reply } from "../pool/question.ts";
import type { Pending } from "../pool/reservation.ts";
import { type ConnectionEnvironment, ownPool, requestPool } from "../pool/server-pool.ts";
import type { Server } from "../server/server.ts";
import type { Complain } from "./guarded.ts";
import { LOAD_FIELD, parseLoadReport } from "./load-report.ts";

export interface ProberOptions {
  readonly backend: string;
  /** A picker with the methods `probes` and `report`. */
  readonly picker: Picker<Server>;
  readonly servers: readonly Server[];
  readonly config: BackendConfig;
  readonly tls: ServerTls | undefined;
  readonly connecting: ConnectionEnvironment;
  readonly complain: Complain;
}

const DEFAULTS = ALGORITHMS.prequal.options.probes.keys;
const IDLE_MS = 1_000;
/**
 * After a server has answered a probe without reporting a load, it is not probed for this long.
 * Also the longest delay after unanswered probes.
 */
const SILENT_MS = 30_000;
/**
 * After this many unanswered probes in a row, the next probe is delayed. Each further unanswered probe doubles the
 * delay.
 */
const PATIENCE = 3;
const FIRST_WAIT_MS = 250;

export class Prober {
  readonly #options: ProberOptions;
  readonly #probes: ReadonlyMap<Server, Probe>;
  readonly #idle: Timer;
  #asked = false;

  constructor(options: ProberOptions) {
    this.#options = options;
    this.#probes = new Map(options.servers.map((server) => [server, new Probe(server, options)]));
    this.#idle = options.connecting.clock.every(IDLE_MS, () => {
      if (!this.#asked) this.ask();
      this.#asked = false;
    });
  }

  /** Probes the servers that the picker names. Call this after every pick. */
  ask(): void {
    this.#asked = true;
    const { picker } = this.#options;
    for (const server of picker.probes?.() ?? []) this.#probes.get(server)?.send();
  }

  readdress(name: string): void {
    for (const [{ address }, probe] of this.#probes) if (address.host === name) probe.readdress();
  }

  stop(): void {
    this.#idle.cancel();
    for (const probe of this.#probes.values()) probe.stop();
  }
}

/** The probes of one server. */
class Probe {
  readonly #server: Server;
  readonly #options: ProberOptions;
  readonly #path: string;
  readonly #timeoutMs: number;
  readonly #pool: Pool;
  readonly #head: string;
  #asked: Pending | undefined = undefined;
  #silentUntil = Number.NEGATIVE_INFINITY;
  #reported = false;
  #unanswered = 0;
  #askAgainAt = Number.NEGATIVE_INFINITY;
  #timed = 0;
  #spent = 0;
  #latencyMs = 0;

  constructor(server: Server, options: ProberOptions) {
    const { config, tls, connecting } = options;
    // When the configuration is loaded, defaults are filled in only if the file has `probes`.
    const { path = DEFAULTS.path.default, timeout = DEFAULTS.timeout.default } =
      config.balance.probes ?? {};
    this.#server = server;
    this.#options = options;
    this.#path = path;
    this.#timeoutMs = timeout;
    const requests = requestPool(server, config, tls, connecting);
    this.#pool = new Pool(ownPool(requests, { connectMs: timeout, kept: 1 }));
    const host = formatAddress(server.address);
    this.#head = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: tandem-probe\r\n\r\n`;
  }

  send(): void {
    const { connecting, picker } = this.#options;
    const now = connecting.clock.now();
    if (now < this.#silentUntil) {
      picker.report?.(this.#server, this.#ownView());
      return;
    }
    if (this.#asked !== undefined || now < this.#askAgainAt) return;
    this.#asked = ask(this.#pool, {
      ...{ clock: connecting.clock, head: this.#head, timeoutMs: this.#timeoutMs },
      replied: (reply) => this.#replied(reply),
    });
  }

  readdress(): void {
    this.#pool.readdress();
  }

  stop(): void {
    this.#asked?.cancel();
    this.#pool.stop();
  }

  #replied(reply: Reply): void {
    this.#asked = undefined;
    if (reply.kind === "answer") this.#answered(reply.status, reply.fields.get(LOAD_FIELD) ?? "");
    else this.#missed();
  }

  #answered(status: number, field: string): void {
    const { picker, connecting } = this.#options;
    this.#unanswered = 0;
    const report = status >= 200 && status < 300 ? parseLoadReport(field) : undefined;
    if (report?.inFlight !== undefined) {
      picker.report?.(this.#server, report);
      return;
    }
    this.#silentUntil = connecting.clock.now() + SILENT_MS;
    this.#complainOnce(status);
    picker.report?.(this.#server, this.#ownView());
  }

  /**
   * Called when no answer came in time, or no connection could be made. The next probe then needs a new connection, and
   * opening a connection is work for the server too. So after PATIENCE missed probes in a row, the next probe is
   * delayed.
   */
  #missed(): void {
    this.#unanswered += 1;
    if (this.#unanswered < PATIENCE) return;
    const wait = FIRST_WAIT_MS * 2 ** (this.#unanswered - PATIENCE);
    this.#askAgainAt = this.#options.connecting.clock.now() + Math.min(SILENT_MS, wait);
  }

  #complainOnce(status: number): void {
    if (this.#reported) return;
    this.#reported = true;
    const { backend, complain } = this.#options;
    complain(
      `backend ${backend}: server ${this.#server.name} reports no load at ${this.#path} (it answered ${status}); requests to it are judged by this balancer's own counts`,
    );
  }

  /**
   * Returns the server's load as the balancer sees it: the server's requests in flight from all threads, and the
   * latency of the server's recent answers to this thread.
   */
  #ownView(): { readonly inFlight: number; readonly latencyMs: number } {
    const { row } = this.#server.tally;
    const timed = (row[COUNTER.timed] ?? 0) - this.#timed;
    const spent = (row[COUNTER.responseTime] ?? 0) - this.#spent;
    if (timed > 0) {
      this.#latencyMs = spent / timed;
      this.#timed += timed;
      this.#spent += spent;
    }
    return { inFlight: this.#server.inFlight, latencyMs: this.#latencyMs };
  }
}
