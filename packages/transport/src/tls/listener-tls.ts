// The certificates of a listener. Some are chosen by the server name that a client sends, and one set is for all other
// clients.
import type { TlsOptions } from "node:tls";

export interface ListenerTls {
  /** The options for clients that send no server name, or a server name that no certificate is valid for. */
  readonly fallback: TlsOptions;
  /**
   * Returns the options for a server name, or undefined when `fallback` is used. The function is absent when all
   * clients get the same options. The server name then need not be known before the handshake.
   */
  readonly byName?: ((name: string) => TlsOptions | undefined) | undefined;
}
