// The PROXY header of connections to servers that carry the bytes of one client: what it says, taken from the client's
// connection. Where a proxy in front of Tandem has ended the client's TLS, what that proxy says about the client is
// passed on.
import { X509Certificate } from "node:crypto";
import type { TlsFacts } from "../listener/tls-facts.ts";
import type { Told, ToldTls } from "../listener/told.ts";
import type { ProxyVersion } from "./header.ts";
import { proxyHeader } from "./write.ts";

/** The TLVs that can be sent, by their names in the configuration. */
export type SentTlv = "authority" | "alpn" | "tls" | "unique-id" | "crc32c";

/** Which header is sent to servers. */
export interface SentHeader {
  readonly version: ProxyVersion;
  /** Empty in version 1, which has none. */
  readonly tlvs: readonly SentTlv[];
}

/** A client's connection, as a header tells of it. */
export interface Announced {
  readonly address: string;
  readonly port: number;
  /** The end that the client connected to. */
  readonly localAddress: string;
  readonly localPort: number;
  readonly tls: TlsFacts | undefined;
  readonly told: Told | undefined;
  /** Identifies the connection; "" = no id is known yet. */
  id: string;
}

/** The longest authority that is sent. A host name has at most 253 characters (RFC 1035 §2.3.4). */
const MOST_AUTHORITY = 255;

/**
 * Returns the header for a client. With the TLV `unique-id`, `announced.id` must be set. @param peeked the
 * server name in the client's ClientHello, where its TLS does not end here; "" = unknown
 */
export function clientHeader(
  announced: Announced,
  { version, tlvs }: SentHeader,
  peeked: string,
): Buffer {
  const { address, port, localAddress, localPort, tls, told, id } = announced;
  const ends = { client: { address, port }, local: { address: localAddress, port: localPort } };
  if (tlvs.length === 0) return proxyHeader(version, ends, {});
  const wants = (tlv: SentTlv): boolean => tlvs.includes(tlv);
  const name = peeked || tls?.serverName || told?.authority || "";
  return proxyHeader(version, ends, {
    authority:
      wants("authority") && name !== "" && name.length <= MOST_AUTHORITY ? name : undefined,
    alpn: wants("alpn") ? (tls?.alpn ?? told?.alpn) : undefined,
    uniqueId: wants("unique-id") ? id : undefined,
    tls: wants("tls") ? (tls === undefined ? told?.tls : factsOf(tls)) : undefined,
    checksum: wants("crc32c"),
  });
}

function factsOf(tls: TlsFacts): ToldTls {
  const certificate = tls.clientCertificate;
  return {
    overTls: true,
    certificate: certificate !== undefined,
    certificateNow: certificate !== undefined && !tls.resumed,
    // A listener accepts no certificate that it cannot verify (handshake.ts).
    verified: certificate !== undefined,
    version: tls.version || undefined,
    cipher: tls.cipher || undefined,
    commonName: certificate && commonNameOf(certificate.raw),
  };
}

/** Returns the common name of a certificate, the last one where there are several. Undefined when it has none. */
function commonNameOf(raw: Buffer): string | undefined {
  // A name that stands more than once is a list, although Node's types do not say so.
  const name: unknown = new X509Certificate(raw).toLegacyObject().subject?.CN;
  const last: unknown = Array.isArray(name) ? name.at(-1) : name;
  return typeof last === "string" ? last : undefined;
}
