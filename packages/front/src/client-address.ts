// The address that a request is counted, hashed and logged under: the client's, also where proxies of ours stand
// between.
import type { RequestHead } from "@tandem/http";
import { clientAddress } from "@tandem/transport";
import type { ClientEndpoint } from "./client.ts";

/** The client's address, from what the request said when it came: hooks may have edited its fields since. */
export function clientAddressOf({ section }: RequestHead, client: ClientEndpoint): string {
  if (!client.trusted) return client.address;
  return clientAddress(client.address, section.fields.all("x-forwarded-for"), client.trusts);
}

/** Its port; 0 behind a proxy, which does not say it. */
export function clientPortOf({ section }: RequestHead, client: ClientEndpoint): number {
  return client.trusted && section.fields.has("x-forwarded-for") ? 0 : client.port;
}
