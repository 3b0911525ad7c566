// A client's connection that servers are told of in the PROXY headers of connections made for it. Such a connection to a
// server is for this client alone, and is closed with the client's connection.
import { type Announced, clientHeader, type SentHeader } from "@tandem/transport";

/** What is kept for a client, and is of no use when the client has gone. */
export interface KeptForClient {
  /** Called once, when the client's connection has closed, before its requests are aborted. */
  left(client: AnnouncedClient): void;
}

export class AnnouncedClient {
  readonly #connection: Announced;
  readonly #peeked: string;
  readonly #newId: () => string;
  readonly #kept = new Set<KeptForClient>();

  /** @param peeked the server name in a ClientHello that is passed on; "" = none */
  constructor(connection: Announced, peeked: string, newId: () => string) {
    this.#connection = connection;
    this.#peeked = peeked;
    this.#newId = newId;
  }

  header(sent: SentHeader): Buffer {
    const connection = this.#connection;
    if (connection.id === "" && sent.tlvs.includes("unique-id")) connection.id = this.#newId();
    return clientHeader(connection, sent, this.#peeked);
  }

  keep(kept: KeptForClient): void {
    this.#kept.add(kept);
  }

  /** Called by what was kept, when it need not learn any more that the client left. */
  forget(kept: KeptForClient): void {
    this.#kept.delete(kept);
  }

  /** Called when the client's connection has closed. */
  close(): void {
    for (const kept of [...this.#kept]) kept.left(this);
  }
}
