// The client's address, by which a request is counted, hashed and logged. Behind trusted proxies it is still the
// client's address and not the proxy's address.
import type { RequestHead } from "@tandem/http";
import { clientAddress } from "@tandem/transport";
import type { ClientEndpoint } from "./client.ts";

/**
 * Returns the client's address. It is read from the fields as they were received, because hooks may have edited the
 * fields since.
 */
export function clientAddressOf({ section }: RequestHead, client: ClientEndpoint): string {
  if (!client.trusted) return client.address;
  return clientAddress(client.address, section.fields.all("x-forwarded-for"), client.trusts);
}

/** Returns the client's port; 0 behind a proxy, because X-Forwarded-For does not contain the port. */
export function clientPortOf({ section }: RequestHead, client: ClientEndpoint): number {
  return client.trusted && section.fields.has("x-forwarded-for") ? 0 : client.port;
}
