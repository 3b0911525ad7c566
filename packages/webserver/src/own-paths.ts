// The paths on which the webserver reports about itself: health, readiness and load. Every client
// may ask for health. Readiness and load are reported only to a neighbour that asks for itself,
// such as the balancer. A balancer adds Via and X-Forwarded-For to the requests that it forwards
// for clients. So a request for readiness or load with one of these fields is treated like a
// request for any other path.
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

/** The state of the webserver that the answers on its own paths report. */
export interface Telling {
  readonly draining: boolean;
  readonly meter: LoadMeter;
  readonly identity: string;
  readiness(): Readiness;
}

interface OwnPath {
  readonly path: string;
  /** Whether every client gets the answer. False = only a neighbour gets it, such as the balancer. */
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

/**
 * Returns the webserver's own path that the request asks for. Returns undefined when the request
 * asks for another path, or when this client may not ask for this path.
 */
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
 * Whether the client is a neighbour: a client on this machine, one that has shown a TLS
 * certificate, or one whose address is in `trustedProxies`.
 */
function isNeighbour({ address, scheme, trusted }: Client): boolean {
  return scheme === "https" || trusted || address === "::1" || address.startsWith("127.");
}

/** Answers a request for one of the webserver's own paths. */
export function answerOwn({ path, answer }: OwnPath, local: LocalExchange, telling: Telling): void {
  const { method } = local.exchange.head;
  if (method === "GET" || method === "HEAD") answer(local, telling);
  else local.fail(405, `${method} on ${path}`, READ_METHODS);
}

/**
 * Answers whether this process takes requests. The state of the application tier does not matter.
 */
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
