// The paths that the tier answers about itself: whether it lives, what it can do, how busy it is. The latter two
// are for the tier before us, over a connection of its own and from an address we believe; what a client asks
// for has come through a proxy, which says so, and goes the way of any other path.
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

/** What they tell of. */
export interface Telling {
  readonly draining: boolean;
  readonly meter: LoadMeter;
  readonly identity: string;
  readiness(): Readiness;
}

interface OwnPath {
  readonly path: string;
  /** Answered to every client. */
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

/** The tier's own path that is asked for, if it is one. */
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

/** On our own machine, or a tier that has shown a certificate or stands in `trustedProxies`. */
function isNeighbour({ address, scheme, trusted }: Client): boolean {
  return scheme === "https" || trusted || address === "::1" || address.startsWith("127.");
}

/** Answers it. */
export function answerOwn({ path, answer }: OwnPath, local: LocalExchange, telling: Telling): void {
  const { method } = local.exchange.head;
  if (method === "GET" || method === "HEAD") answer(local, telling);
  else local.fail(405, `${method} on ${path}`, READ_METHODS);
}

/** Liveness: whether this process takes requests, whatever is behind it. */
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
