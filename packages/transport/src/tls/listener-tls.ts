// The certificates of a listener: some are chosen by the server name, and one set is for all other clients.
import type { TlsOptions } from "node:tls";

export interface ListenerTls {
  /** For clients that send no server name, or one that no certificate is valid for. */
  readonly fallback: TlsOptions;
  /**
   * Undefined when all clients get the same set: then the server name need not be known before the handshake.
   */
  readonly byName?: ((name: string) => TlsOptions | undefined) | undefined;
}
