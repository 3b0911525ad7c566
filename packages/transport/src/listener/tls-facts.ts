// The facts that a client and Tandem negotiated in the TLS handshake. Each fact is read from OpenSSL when it is first
// needed, and is then kept. So a connection whose log and rules use no facts costs nothing. After the connection has
// closed, a fact that was not read before is unknown.
import type { TLSSocket } from "node:tls";

/** The certificate that a client sent. The listener has verified it, and refused the connection where it could not. */
export interface ClientCertificate {
  /** The distinguished names as OpenSSL writes them, with one attribute on each line. */
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  /** The SHA-256 of the certificate, `AB:CD:…`. */
  readonly fingerprint: string;
  /** The certificate itself, DER. */
  readonly raw: Buffer;
}

export class TlsFacts {
  readonly #socket: TLSSocket;
  #version: string | undefined = undefined;
  #cipher: string | undefined = undefined;
  #resumed: boolean | undefined = undefined;
  /** The certificate that the client sent. Null = the client sent none; undefined = OpenSSL has not been asked yet. */
  #certificate: ClientCertificate | null | undefined = undefined;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
  }

  /** Returns the TLS version, such as `TLSv1.3`. "" when it is unknown. */
  get version(): string {
    this.#version ??= this.#socket.getProtocol() ?? undefined;
    return this.#version ?? "";
  }

  /** Returns the name of the cipher as the RFCs write it, such as `TLS_AES_128_GCM_SHA256`. "" when it is unknown. */
  get cipher(): string {
    this.#cipher ??= cipherOf(this.#socket);
    return this.#cipher ?? "";
  }

  /**
   * Returns the server name that the client asked for (SNI), as the client wrote it. Undefined when the client asked
   * for none.
   */
  get serverName(): string | undefined {
    return this.#socket.servername || undefined;
  }

  /** Returns the protocol that ALPN chose. Undefined when ALPN chose none. */
  get alpn(): string | undefined {
    return this.#socket.alpnProtocol || undefined;
  }

  /** Whether the client resumed an earlier TLS session. A client that resumes sends no certificate in the handshake. */
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
  // After the connection has closed, Node returns null here, although Node's types do not say so.
  const cipher: { readonly standardName: string } | null = socket.getCipher();
  return cipher?.standardName;
}

function certificateOf(socket: TLSSocket): ClientCertificate | null {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return null;
  const { subject, issuer, serialNumber, fingerprint256: fingerprint, raw } = certificate;
  return { subject, issuer, serialNumber, fingerprint, raw };
}
