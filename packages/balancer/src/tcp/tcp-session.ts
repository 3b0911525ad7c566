// One client's connection in TCP mode, from the choice of a server to its end:
//
//   queue ──a server has room──▶ connect ──connected──▶ data: a tunnel joins client and server ──▶ over
//     ▲                             │ failed
//     └──────another server─────────┘
//
// No byte reaches a server before it is connected, so a failed connect may be tried again on another server.
import type { Socket } from "node:net";
import { murmur3, type Outcome } from "@tandem/algorithms";
import type { AccessRecord } from "@tandem/telemetry";
import {
  type Accepted,
  type Closing,
  type Deadlines,
  type Drainable,
  openTunnel,
  SocketEnd,
  type SocketReads,
  type TunnelTimeouts,
} from "@tandem/transport";
import type { Backend } from "../backend/backend.ts";
import { Attempts } from "../exchange/attempts.ts";
import { Choice, type Chooser } from "../exchange/choice.ts";
import { PROXY_ERRORS, type ProxyErrorCode } from "../exchange/proxy-error.ts";
import { Remembered } from "../exchange/remembered.ts";
import { newId } from "../exchange/request-id.ts";
import { COUNTER } from "../memory/counters.ts";
import { AnnouncedClient } from "../pool/announced-client.ts";
import type { ConnectFailure } from "../pool/connect-failure.ts";
import type { DialListener } from "../pool/dial.ts";
import type { Pool } from "../pool/pool.ts";
import type { Pending } from "../pool/reservation.ts";
import type { Server } from "../server/server.ts";
import { ClientEnd, type ClientWatch } from "./client-end.ts";
import type { TcpAccount } from "./tcp-account.ts";
import { type TcpPhase, tcpTermination } from "./tcp-termination.ts";

/** What a session needs of its frontend. */
export interface TcpSurroundings {
  readonly deadlines: Deadlines;
  /** Returns the timeouts for a tunnel to a server of `backend`. */
  timeouts(backend: Backend): TunnelTimeouts;
  /** Called once, when the session has ended. */
  over(session: TcpSession, record: AccessRecord): void;
}

export class TcpSession implements Drainable, Chooser, DialListener, ClientWatch {
  /** A drain lets TCP connections live until its deadline, because nothing says when one is between two messages. */
  draining = false;
  readonly idle = false;
  readonly #surroundings: TcpSurroundings;
  readonly #backend: Backend;
  readonly #account: TcpAccount;
  readonly #attempts: Attempts;
  readonly #choice: Choice;
  readonly #announced: AnnouncedClient;
  readonly #client: ClientEnd;
  #phase: TcpPhase = "queue";
  #server: Server | undefined = undefined;
  #pool: Pool | undefined = undefined;
  #dial: Pending | undefined = undefined;
  #serverEnd: SocketEnd | undefined = undefined;
  /** Whether the number of connections in flight at `#server` includes this one. */
  #holding = false;
  /** How the connection ended, for the log; undefined while it has not. */
  #ending: readonly [termination: string, cause: string] | undefined = undefined;
  #clientClosed = false;
  #finished = false;

  /** @param peeked the server name in a ClientHello that is passed on; "" = none */
  constructor(
    surroundings: TcpSurroundings,
    backend: Backend,
    accepted: Accepted,
    account: TcpAccount,
    peeked: string,
  ) {
    const { deadlines } = surroundings;
    this.#surroundings = surroundings;
    this.#backend = backend;
    this.#account = account;
    const key = backend.keyOf === undefined ? undefined : murmur3(accepted.address);
    this.#attempts = new Attempts("", backend.config.retries, backend.retryBudget, key);
    this.#announced = new AnnouncedClient(accepted, peeked, newId);
    this.#choice = new Choice(backend, this.#attempts, new Remembered(accepted), this);
    account.routed(backend);
    this.#client = new ClientEnd(new SocketEnd(accepted.socket, deadlines, accepted.reads), this);
  }

  /** Looks for a server. */
  start(): void {
    this.#choice.begin();
  }

  /** Never called, because the session is never idle. */
  leave(): void {}

  /**
   * Ends the connection at once: the process stops, or a reload has taken the server or the frontend out. The log gets
   * its record before the sockets have closed, because a process that stops does not wait for them.
   */
  stop(): void {
    this.#end(...tcpTermination("client", "stopped", this.#phase));
    this.#clientClosed = true;
    this.#settle();
    this.#client.abort();
    this.#serverEnd?.abort();
  }

  // The following methods are those of the interface `Chooser`.

  give(server: Server): boolean {
    if (!server.begin()) return false;
    this.#phase = "connect";
    this.#server = server;
    this.#holding = true;
    this.#attempts.note(server);
    this.#account.given(server);
    this.#pool = this.#backend.pools.of(server);
    this.#dial = this.#pool.dial(this, this.#announced);
    return true;
  }

  fail(code: ProxyErrorCode, why: string): void {
    this.#giveUp(PROXY_ERRORS[code].termination.slice(0, 2), why);
  }

  // The following methods are those of the interface `DialListener`.

  dialled(socket: Socket, reads: SocketReads): void {
    const { deadlines } = this.#surroundings;
    this.#dial = undefined;
    this.#phase = "data";
    this.#account.connected();
    this.#pool?.tunnels.add(this);
    const server = new SocketEnd(socket, deadlines, reads);
    this.#serverEnd = server;
    openTunnel({
      client: this.#client,
      server,
      now: () => deadlines.now(),
      timeouts: this.#surroundings.timeouts(this.#backend),
      over: (by, how) => this.#tunnelOver(by, how),
    });
  }

  dialFailed({ code, why }: ConnectFailure): void {
    const attempts = this.#attempts;
    const server = this.#server;
    const cause = `${server?.name}: ${why}`;
    this.#dial = undefined;
    if (code !== "out-of-resources") this.#account.count(COUNTER.connectErrors, server);
    const another =
      attempts.mayRetry(code, false, true) && this.#backend.choosing.hasUntried(attempts);
    if (!another || !attempts.afford(code)) {
      this.#leaveServer(PROXY_ERRORS[code].outcome);
      this.#giveUp(PROXY_ERRORS[code].termination.slice(0, 2), cause);
      return;
    }
    attempts.retries += 1;
    this.#account.count(COUNTER.retries, server);
    this.#leaveServer(PROXY_ERRORS[code].outcome);
    this.#phase = "queue";
    this.#choice.choose();
    this.#backend.waiting.advance();
  }

  // The following methods are those of the interface `ClientWatch`.

  received(bytes: number): void {
    this.#account.received(bytes);
  }

  sent(bytes: number): void {
    this.#account.sent(bytes);
  }

  closed(how: Closing): void {
    this.#clientClosed = true;
    if (this.#ending === undefined && this.#phase !== "data") {
      this.#account.count(COUNTER.clientAborts, this.#server);
      this.#end(...tcpTermination("client", how, this.#phase));
    } else if (how === "timed-out" || (how === "reset" && this.#ending?.[1] === ""))
      this.#ending = tcpTermination("client", how, this.#phase); // the last bytes did not reach the client
    this.#settle();
  }

  #tunnelOver(by: "client" | "server", how: Closing): void {
    const [termination, cause] = tcpTermination(by, how, "data");
    if (cause !== "") {
      const counter = by === "client" ? COUNTER.clientAborts : COUNTER.serverAborts;
      this.#account.count(counter, this.#server);
    }
    this.#end(
      termination,
      cause === "" || by === "client" ? cause : `${this.#server?.name}: ${cause}`,
    );
    this.#settle();
  }

  /** Ends the connection of a client that gets no server. */
  #giveUp(termination: string, cause: string): void {
    this.#end(termination, cause);
    this.#client.destroy();
  }

  /** Notes how the connection ended, and leaves the server. The client may still have to get its last bytes. */
  #end(termination: string, cause: string): void {
    if (this.#ending !== undefined) return;
    this.#ending = [termination, cause];
    this.#choice.leave();
    this.#dial?.cancel();
    this.#attempts.end();
    this.#pool?.tunnels.delete(this);
    const held = this.#holding;
    // How long a tunnel stays open says nothing about its server.
    this.#leaveServer("cancelled");
    if (held) this.#backend.waiting.advance();
  }

  /** Once the server was left and the client's connection has closed, the session is over. */
  #settle(): void {
    if (!this.#clientClosed || this.#ending === undefined || this.#finished) return;
    this.#finished = true;
    const [termination, cause] = this.#ending;
    const { serverPlace, backendPlace } = this.#choice;
    const { retries } = this.#attempts;
    const ending = { server: this.#server, retries, serverPlace, backendPlace };
    const record = this.#account.close({ ...ending, termination, cause });
    this.#surroundings.over(this, record);
  }

  #leaveServer(outcome: Outcome): void {
    const server = this.#server;
    if (server === undefined || !this.#holding) return;
    this.#holding = false;
    server.end();
    this.#account.over(server, outcome);
  }
}
