// The client's address, by which a request is counted, hashed and logged. Behind trusted proxies it is still the
// client's address and not the proxy's.
import type { RequestHead } from "@tandem/http";
import { clientAddress } from "@tandem/transport";
import type { ClientEndpoint } from "./client.ts";

/** The client's address, taken from the request as it came in, because hooks may have edited its fields since. */
export function clientAddressOf({ section }: RequestHead, client: ClientEndpoint): string {
  if (!client.trusted) return client.address;
  return clientAddress(client.address, section.fields.all("x-forwarded-for"), client.trusts);
}

/** The client's port; 0 behind a proxy, because X-Forwarded-For does not contain the port. */
export function clientPortOf({ section }: RequestHead, client: ClientEndpoint): number {
  return client.trusted && section.fields.has("x-forwarded-for") ? 0 : client.port;
}
