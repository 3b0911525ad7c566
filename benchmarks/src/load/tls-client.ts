// Opens TLS connections to a proxy under test. Where the job says how connections begin, each of them is asked how it did
// begin: a proxy that refuses to resume a session, or resumes one where the job asks for full handshakes, would be
// compared with proxies that do other work.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";
import type { LoadJob } from "./load.ts";

/**
 * The groups that the client offers, so that the key exchange is X25519 with every proxy. By default a proxy with OpenSSL 3.5
 * would agree with the client on X25519MLKEM768, which costs more and which HAProxy and nginx of Debian 12 do not have.
 * prime256v1 is there for the certificate, whose group a client of TLS 1.2 has to offer too (RFC 8422 §5.1).
 */
const GROUPS = "X25519:prime256v1";

/** How long to wait for the first session ticket. Without one, no connection can resume a session. */
const FIRST_SESSION_MS = 2_000;

export class TlsClient {
  readonly #job: Pick<LoadJob, "port" | "handshake">;
  /** The newest session, as a browser would resume it: a ticket of TLS 1.3 should be used once (RFC 8446 §C.4). */
  #session: Buffer | undefined = undefined;

  constructor(job: Pick<LoadJob, "port" | "handshake">) {
    this.#job = job;
  }

  connect(): TLSSocket {
    const { port, handshake } = this.#job;
    const socket = connect({
      ...{ host: "127.0.0.1", port, rejectUnauthorized: false, ecdhCurve: GROUPS },
      ...(handshake && { minVersion: handshake.version, maxVersion: handshake.version }),
      ...(this.#session && { session: this.#session }),
    });
    if (handshake?.kind === "resumed")
      socket.on("session", (session) => {
        this.#session = session;
      });
    return socket;
  }

  /** Gets a session to resume, if the job needs one. */
  async prepare(): Promise<void> {
    if (this.#job.handshake?.kind !== "resumed") return;
    const socket = this.connect();
    // An error closes the socket. No session came then, and the connections of the job say so.
    socket.on("error", () => socket.destroy());
    await Promise.race([
      once(socket, "session"),
      once(socket, "close"),
      sleep(FIRST_SESSION_MS, undefined, { ref: false }),
    ]);
    socket.destroy();
  }

  /** Returns in words how a connection began otherwise than the job says; "" = it began as it should. */
  faultOf(socket: TLSSocket): string {
    const { handshake } = this.#job;
    if (handshake === undefined) return "";
    const kind = socket.isSessionReused() ? "resumed" : "full";
    return kind === handshake.kind ? "" : `a ${kind} handshake instead of a ${handshake.kind} one`;
  }
}
