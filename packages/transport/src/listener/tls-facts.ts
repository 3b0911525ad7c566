// What a client and Tandem negotiated in the TLS handshake. OpenSSL is asked for each fact when it is first wanted, and
// the fact is kept. So a connection whose log and rules use no facts costs nothing. After the connection has closed, the
// facts that were not read before are unknown.
import type { TLSSocket } from "node:tls";

/** The certificate that a client sent. */
export interface ClientCertificate {
  /** The distinguished names as OpenSSL writes them, with one attribute on each line. */
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  /** SHA-256 of the certificate, `AB:CD:…`. */
  readonly fingerprint: string;
  /** Whether an authority of the listener signed it. False only when the listener accepts any certificate. */
  readonly verified: boolean;
}

export class TlsFacts {
  readonly #socket: TLSSocket;
  #version: string | undefined = undefined;
  #cipher: string | undefined = undefined;
  #resumed: boolean | undefined = undefined;
  /** Null = the client sent no certificate. */
  #certificate: ClientCertificate | null | undefined = undefined;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
  }

  /** The TLS version, such as `TLSv1.3`. "" when it is unknown. */
  get version(): string {
    this.#version ??= this.#socket.getProtocol() ?? undefined;
    return this.#version ?? "";
  }

  /** The name of the cipher in the RFCs, such as `TLS_AES_128_GCM_SHA256`. "" when it is unknown. */
  get cipher(): string {
    this.#cipher ??= cipherOf(this.#socket);
    return this.#cipher ?? "";
  }

  /** The server name that the client asked for (SNI), as it wrote it. Undefined when it asked for none. */
  get serverName(): string | undefined {
    return this.#socket.servername || undefined;
  }

  /** The protocol that ALPN chose. Undefined when it chose none. */
  get alpn(): string | undefined {
    return this.#socket.alpnProtocol || undefined;
  }

  /** Whether the client resumed an earlier session. Then no certificate was sent in this handshake. */
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
  // After the connection has closed, Node returns null here. Its types do not say so.
  const cipher: { readonly standardName: string } | null = socket.getCipher();
  return cipher?.standardName;
}

function certificateOf(socket: TLSSocket): ClientCertificate | null {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return null;
  const { subject, issuer, serialNumber, fingerprint256: fingerprint } = certificate;
  return { subject, issuer, serialNumber, fingerprint, verified: socket.authorized };
}
