// What a data plane needs of a frontend, whatever the frontend carries.
import type { FrontendConfig } from "@tandem/config";

export interface OpenFrontend {
  readonly name: string;
  readonly port: number;
  /** Returns whether the frontend can adopt `config` and keep its socket. If not, a reload opens a new frontend. */
  suits(config: FrontendConfig): boolean;
  /** From the next handshake on, makes session tickets with keys derived from this secret. */
  useTicketSecret(secret: Uint8Array): void;
  /**
   * Reads the certificates again, and shows them from the next handshake on. Throws when they cannot be used; then those
   * read before stay in use.
   */
  renewCertificates(): void;
  listen(): Promise<void>;
  /**
   * Drains the frontend. Resolves when the last connection has closed, or at the deadline. With `replaced` (a reload
   * has removed or replaced this frontend), the port is closed to new connections at once.
   */
  drain(deadlineMs: number, replaced?: boolean): Promise<void>;
  stop(): void;
}
