// The certificates of a listener. Some are chosen by the server name that a client sends, and one set is for all other
// clients.
import type { TlsOptions } from "node:tls";
import type { HandshakeLimits } from "../listener/handshake-slots.ts";
import type { ClientValidity } from "./client-validity.ts";

export interface ListenerTls {
  /** The options for clients that send no server name, or a server name that no certificate is valid for. */
  readonly fallback: TlsOptions;
  /**
   * Returns the options for a server name, or undefined when `fallback` is used. The function is absent when all
   * clients get the same options. The server name then need not be known before the handshake.
   */
  readonly byName?: ((name: string) => TlsOptions | undefined) | undefined;
  /** Whether clients are refused for which `fallback` would be used. */
  readonly rejectUnknown?: boolean | undefined;
  /**
   * Returns whether `host` belongs to other certificates than those that a client is shown which asks for `name`. Such a
   * client cannot know that this listener may answer for the host (RFC 9110 §7.4). Absent = all clients are shown the
   * same certificates.
   */
  readonly belongsElsewhere?: ((name: string, host: string) => boolean) | undefined;
  /**
   * Whether the certificate of a client that resumes a session is still in time. Absent = only the certificate's own
   * period is looked at.
   */
  readonly clientValidity?: ClientValidity | undefined;
  /** Absent = handshakes are not limited. */
  readonly limits?: HandshakeLimits | undefined;
}
