// The client's address, by which a request is counted, hashed and logged. Behind trusted proxies it is still the
// client's address and not the proxy's address.
import type { RequestHead } from "@tandem/http";
import { clientAddress } from "@tandem/transport";
import type { ClientEndpoint } from "./client.ts";

/**
 * Returns the client's address. If the connection comes from a trusted proxy, the address is read
 * from X-Forwarded-For as the field was received, because hooks may have edited the request's
 * fields since.
 */
export function clientAddressOf({ section }: RequestHead, client: ClientEndpoint): string {
  if (!client.trusted) return client.address;
  return clientAddress(client.address, section.fields.all("x-forwarded-for"), client.trusts);
}

/**
 * Returns the client's port; 0 behind a trusted proxy that sent X-Forwarded-For, because X-Forwarded-For does not
 * contain the port.
 */
export function clientPortOf({ section }: RequestHead, client: ClientEndpoint): number {
  return client.trusted && section.fields.has("x-forwarded-for") ? 0 : client.port;
}
