// The pools of a server whose connections begin with a PROXY header: one for each connection of a client. The header names
// one client, so a connection carries the requests of that client alone. HAProxy goes by the content of the header, which
// comes to the same, because the header has the client's port.
import type { SentHeader } from "@tandem/transport";
import type { AnnouncedClient, KeptForClient } from "./announced-client.ts";

/** The methods that the pool of one client has to have; a pool has them. */
interface ClientPool {
  readonly empty: boolean;
  drain(): void;
  readdress(): void;
  stop(): void;
}

export class ClientPools<Pool extends ClientPool> implements KeptForClient {
  readonly #sent: SentHeader;
  readonly #open: (header: Buffer, emptied: () => void) => Pool;
  /** The pools of clients that have not left yet, and of those whose last connections are still in use. */
  readonly #pools = new Map<AnnouncedClient, Pool>();
  #closed = false;

  /** @param open makes a pool; `emptied` is called when it was drained and has no connection any more */
  constructor(sent: SentHeader, open: (header: Buffer, emptied: () => void) => Pool) {
    this.#sent = sent;
    this.#open = open;
  }

  get empty(): boolean {
    for (const pool of this.#pools.values()) if (!pool.empty) return false;
    return true;
  }

  /** Returns the header for connections of `client`. */
  header(client: AnnouncedClient): Buffer {
    return client.header(this.#sent);
  }

  of(client: AnnouncedClient): Pool {
    const known = this.#pools.get(client);
    if (known !== undefined) return known;
    const pool = this.#open(this.header(client), () => {
      this.#pools.delete(client);
      client.forget(this);
    });
    this.#pools.set(client, pool);
    client.keep(this);
    if (this.#closed) pool.drain();
    return pool;
  }

  left(client: AnnouncedClient): void {
    this.#pools.get(client)?.drain();
  }

  drain(): void {
    this.#closed = true;
    for (const pool of [...this.#pools.values()]) pool.drain();
  }

  readdress(): void {
    for (const pool of this.#pools.values()) pool.readdress();
  }

  stop(): void {
    this.#closed = true;
    for (const pool of [...this.#pools.values()]) pool.stop();
  }
}
