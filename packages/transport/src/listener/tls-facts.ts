// What a client and we agreed on in the TLS handshake. A log or a rule that wants none of it pays for none: each fact is
// asked of OpenSSL when it is first wanted, and kept. Once the connection has closed, what was not asked is unknown.
import type { TLSSocket } from "node:tls";

/** The certificate a client showed. */
export interface ClientCertificate {
  /** Distinguished names as OpenSSL writes them, one attribute a line. */
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  /** SHA-256 of the certificate, `AB:CD:…`. */
  readonly fingerprint: string;
  /** An authority of the listener's signed it. Only a listener that takes any certificate hands over others. */
  readonly verified: boolean;
}

export class TlsFacts {
  readonly #socket: TLSSocket;
  #version: string | undefined = undefined;
  #cipher: string | undefined = undefined;
  #resumed: boolean | undefined = undefined;
  /** Null = the client showed none. */
  #certificate: ClientCertificate | null | undefined = undefined;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
  }

  /** `TLSv1.3`; "" when it is unknown. */
  get version(): string {
    this.#version ??= this.#socket.getProtocol() ?? undefined;
    return this.#version ?? "";
  }

  /** Its name in the RFCs, `TLS_AES_128_GCM_SHA256`; "" when it is unknown. */
  get cipher(): string {
    this.#cipher ??= cipherOf(this.#socket);
    return this.#cipher ?? "";
  }

  /** The name the client asked for (SNI), as it wrote it; undefined when it asked for none. */
  get serverName(): string | undefined {
    return this.#socket.servername || undefined;
  }

  /** The protocol that was chosen (ALPN); undefined when none was. */
  get alpn(): string | undefined {
    return this.#socket.alpnProtocol || undefined;
  }

  /** An earlier session was resumed: no certificate was shown anew. */
  get resumed(): boolean {
    this.#resumed ??= this.#socket.isSessionReused();
    return this.#resumed === true;
  }

  get clientCertificate(): ClientCertificate | undefined {
    if (this.#certificate === undefined) this.#certificate = certificateOf(this.#socket);
    return this.#certificate ?? undefined;
  }
}

function cipherOf(socket: TLSSocket): string | undefined {
  // Node's types leave out that it knows nothing of a connection that has closed.
  const cipher: { readonly standardName: string } | null = socket.getCipher();
  return cipher?.standardName;
}

function certificateOf(socket: TLSSocket): ClientCertificate | null {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return null;
  const { subject, issuer, serialNumber, fingerprint256: fingerprint } = certificate;
  return { subject, issuer, serialNumber, fingerprint, verified: socket.authorized };
}
