// Answers a request with the listing of a folder.
import type { LocalExchange } from "../../local-exchange.ts";
import { prefersJson } from "./accept.ts";
import { listingJson, listingPage, type Place, POLICY } from "./page.ts";
import type { Listing } from "./read-folder.ts";

/** Answers a GET or HEAD. Does nothing when the client is gone. Caches ask again before each use. */
export function sendListing(local: LocalExchange, place: Place, listing: Listing): void {
  if (local.exchange.responseEnded) return;
  const json = prefersJson(local.exchange.head.fields);
  const fields = local.fields();
  fields.add("Content-Type", json ? "application/json" : "text/html; charset=utf-8");
  fields.add("Cache-Control", "no-cache");
  fields.add("Vary", "Accept");
  fields.add("X-Content-Type-Options", "nosniff");
  if (!json) fields.add("Content-Security-Policy", POLICY);
  local.server = "<STATIC>";
  local.answer(200, fields, json ? listingJson(place, listing) : listingPage(place, listing));
}
