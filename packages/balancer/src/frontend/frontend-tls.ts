// The TLS of a frontend, made from its configuration and the files that it names.
import type { FrontendConfig } from "@tandem/config";
import { edgeTls, type ListenerTls } from "@tandem/transport";

/**
 * Reads the files. Undefined = the frontend has no TLS. Throws when a file cannot be read or used; the message begins with
 * the key in the frontend of that `name`.
 */
export function frontendTls(config: FrontendConfig, name: string): ListenerTls | undefined {
  const { tls, mode, clientCertificates } = config;
  if (tls === undefined) return undefined;
  // In TCP mode no protocol is negotiated: which protocols the servers speak is not known here.
  const alpn = mode === "tcp" ? [] : tls.alpn;
  const setting = `balancer.frontends.${name}`;
  const settings = { ...tls, alpn, clientCertificates };
  return edgeTls(settings, `${setting}.tls`, `${setting}.clientCertificates`);
}

/** Returns the files that `frontendTls` reads. */
export function tlsFiles({ tls, clientCertificates }: FrontendConfig): readonly string[] {
  if (tls === undefined) return [];
  const pairs = tls.certificates.flatMap(({ cert, key }) => [cert, key]);
  const { ca, crl } = clientCertificates ?? {};
  return [...pairs, ...[ca, crl].filter((file) => file !== undefined)];
}
