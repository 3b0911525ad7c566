// What a listener shows: one set of certificates for clients that ask for no name of ours, and others by name.
import type { TlsOptions } from "node:tls";

export interface ListenerTls {
  /** For clients that ask for no name, or for one that no certificate is for. */
  readonly fallback: TlsOptions;
  /** Undefined where one set serves all: then nothing has to be known before a handshake. */
  readonly byName?: ((name: string) => TlsOptions | undefined) | undefined;
}
