// TLS to a backend's servers: which name a server's certificate must be valid for. The name is also what the handshake
// asks for (SNI), unless it is an IP address, which RFC 6066 §3 does not allow there.
import { isIP } from "node:net";
import { type ConnectionOptions, checkServerIdentity } from "node:tls";
import type { ServerTls } from "@tandem/transport";

export type Verification = Pick<
  ConnectionOptions,
  "secureContext" | "servername" | "checkServerIdentity"
>;

/**
 * Returns the name that the certificate of a server must be valid for. Servers that are shown our certificate are tiers
 * of Tandem by default, and their certificates bear their names in the configuration.
 */
export function verifiedName(
  { serverName, mutual }: ServerTls,
  server: string,
  host: string,
): string {
  const name = serverName ?? (mutual ? server : host);
  return name.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
}

/** Returns the options of Node's `connect` that ask for the certificate of `name` and verify it. */
export function verification({ secureContext }: ServerTls, name: string): Verification {
  return {
    secureContext,
    ...(isIP(name) === 0 && { servername: name }),
    checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
  };
}
