// The paths that the tier answers about itself: health, readiness and load. Every client may ask for health. Readiness
// and load are only for the tier in front of the webserver, when it asks on a connection of its own and from a trusted
// address. A client's request for these paths has come through a proxy, which adds fields that say so. Such a request
// is treated like a request for any other path.
import type { Client } from "@tandem/front";
import type { Fields, RequestHead } from "@tandem/http";
import {
  LOAD_FIELD,
  LOAD_PATH,
  type LoadMeter,
  READY_PATH,
  READY_TYPE,
  type Readiness,
  readyCode,
  readyText,
} from "@tandem/telemetry";
import type { LocalExchange } from "./local-exchange.ts";

/** The state of the tier that these answers report. */
export interface Telling {
  readonly draining: boolean;
  readonly meter: LoadMeter;
  readonly identity: string;
  readiness(): Readiness;
}

interface OwnPath {
  readonly path: string;
  /** Whether every client gets the answer. */
  readonly open: boolean;
  readonly answer: (local: LocalExchange, telling: Telling) => void;
}

const FORWARDED = "x-forwarded-for";
const READ_METHODS = [["Allow", "GET, HEAD"]] as const;

const PATHS: readonly OwnPath[] = [
  { path: "/healthz", open: true, answer: health },
  { path: READY_PATH, open: false, answer: readiness },
  { path: LOAD_PATH, open: false, answer: load },
];

/** Returns the tier's own path that the request asks for; undefined when it asks for another path, or may not ask. */
export function ownPath(
  path: string,
  { fields }: RequestHead,
  client: Client,
): OwnPath | undefined {
  for (const own of PATHS) {
    if (own.path !== path) continue;
    const told = own.open || (isNeighbour(client) && !fields.has("via") && !fields.has(FORWARDED));
    return told ? own : undefined;
  }
  return undefined;
}

/**
 * Whether the client is a neighbour: it is on this machine, it has shown a certificate, or its address is in
 * `trustedProxies`.
 */
function isNeighbour({ address, scheme, trusted }: Client): boolean {
  return scheme === "https" || trusted || address === "::1" || address.startsWith("127.");
}

/** Answers a request for one of the tier's own paths. */
export function answerOwn({ path, answer }: OwnPath, local: LocalExchange, telling: Telling): void {
  const { method } = local.exchange.head;
  if (method === "GET" || method === "HEAD") answer(local, telling);
  else local.fail(405, `${method} on ${path}`, READ_METHODS);
}

/** Answers whether this process takes requests, whatever the state of the tiers behind it. */
function health(local: LocalExchange, { draining }: Telling): void {
  const [status, text] = draining ? [503, "draining\n"] : [200, "ok\n"];
  local.answer(status, told(local, "text/plain; charset=utf-8"), Buffer.from(text));
}

function readiness(local: LocalExchange, telling: Telling): void {
  const report = telling.readiness();
  const text = readyText(report, telling.identity);
  local.answer(readyCode(report), told(local, READY_TYPE), Buffer.from(text));
}

function load(local: LocalExchange, { meter }: Telling): void {
  const fields = told(local);
  fields.set(LOAD_FIELD, meter.report());
  local.bare(204, fields);
}

function told(local: LocalExchange, type?: string): Fields {
  const fields = local.fields();
  if (type !== undefined) fields.add("Content-Type", type);
  fields.add("Cache-Control", "no-store");
  return fields;
}
