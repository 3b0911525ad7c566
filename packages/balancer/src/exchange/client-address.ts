// Whom a request is counted, hashed and logged as: the client itself, also where proxies of ours stand between.
import type { RequestHead } from "@tandem/http";
import { clientAddress } from "@tandem/transport";
import type { ClientInfo } from "./request-head.ts";

/** The client's address, from what the request said when it came: hooks may have edited its fields since. */
export function clientAddressOf({ section }: RequestHead, client: ClientInfo): string {
  if (!client.trusted) return client.address;
  return clientAddress(client.address, section.fields.all("x-forwarded-for"), client.trusts);
}

/** Its port; 0 when the client is not who connected to us, because then nobody knows. */
export function clientPortOf(address: string, client: ClientInfo): number {
  return address === client.address ? client.port : 0;
}
