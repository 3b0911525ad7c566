// Watches a running balancer by its admin port: two looks at `/api/v1/status`, and how many requests are in flight in between.
import { get, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { ConfigError, formatProblems, loadConfig } from "@tandem/config";
import { colored } from "@tandem/telemetry/colors";
import {
  backendOf,
  FEWEST_REQUESTS,
  type Look,
  requestsBetween,
  statusSchema,
  type Watched,
} from "../../advise/from-status.ts";
import { didYouMean } from "../../schema/did-you-mean.ts";
import { progress, UsageError } from "../terminal.ts";

const PATH = "/api/v1/status";
const PATIENCE_MS = 5_000;
const BETWEEN_MS = 500;

export interface WatchChoice {
  readonly backend: string | undefined;
  readonly ms: number;
}

/**
 * Watches the balancer at `place`, an admin address or a tandem.yaml. Throws a UsageError when no balancer answers there,
 * when it has no such backend, and when it gets too few requests to learn from.
 */
export async function watchBalancer(place: string, { backend, ms }: WatchChoice): Promise<Watched> {
  const url = urlOf(place);
  const begun = await look(url);
  const first = chosen(begun, backend, url);
  const most = new Map<string, number>();
  let latest = begun;
  let last = first;
  while (elapsed(begun, latest) < ms) {
    progress(
      `watching ${url.host}: ${Math.round(elapsed(begun, latest) / 1000)} of ${ms / 1000} s`,
    );
    await sleep(Math.min(BETWEEN_MS, Math.max(1, ms - elapsed(begun, latest))));
    latest = await look(url);
    last = chosen(latest, first.name, url);
    for (const { name, inFlight } of last.servers)
      most.set(name, Math.max(inFlight, most.get(name) ?? 0));
  }
  progress(undefined);
  const seconds = elapsed(begun, latest) / 1000;
  const watched = { first, last, seconds, mostInFlight: most, source: url.host };
  const requests = requestsBetween(watched);
  if (requests < 0)
    throw new UsageError(
      `${url.host}: the balancer was started anew while it was watched; try again`,
    );
  if (requests < FEWEST_REQUESTS)
    throw new UsageError(
      `${url.host}: backend '${last.name}' got ${requests} requests in ${Math.round(seconds)} s, expected at least ` +
        `${FEWEST_REQUESTS}; watch longer with --watch 1m, or use a log of a busy hour with --log`,
    );
  return watched;
}

const elapsed = (a: Look, b: Look): number => Date.parse(b.at) - Date.parse(a.at);

function urlOf(place: string): URL {
  if (/\.ya?ml$/.test(place)) return adminOf(place);
  const url = URL.parse(/^https?:\/\//.test(place) ? place : `http://${place}`);
  if (url === null || url.hostname === "" || url.protocol !== "http:")
    throw new UsageError(
      `--from ${place}: expected the admin address of a balancer, such as 127.0.0.1:8404, or its tandem.yaml`,
    );
  return new URL(PATH, url);
}

function adminOf(file: string): URL {
  try {
    const bind = loadConfig(file).balancer?.admin?.bind;
    if (bind === undefined)
      throw new UsageError(
        `${file}: no balancer.admin.bind, so no running balancer can be asked; --log reads its log`,
      );
    return new URL(`http://${bind.host ?? "127.0.0.1"}:${bind.port}${PATH}`);
  } catch (error) {
    if (error instanceof ConfigError)
      throw new UsageError(formatProblems(error.problems, { color: colored(process.stderr) }));
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function look(url: URL): Promise<Look> {
  const answer = await answerOf(url).catch((error: Error) => {
    throw new UsageError(
      `${url.host}: no balancer answers: ${error.message}\n` +
        "'tandem status' shows whether it runs; its admin address is balancer.admin.bind in tandem.yaml",
    );
  });
  const { statusCode = 0 } = answer;
  const body = await text(answer).catch(() => "");
  if (statusCode === 401 || statusCode === 403)
    throw new UsageError(
      `${url.host}: answers ${statusCode}, so something asks for a password there; the balancer's own admin port asks for ` +
        "none: on its machine, or through 'ssh -N -L 8404:127.0.0.1:8404 BOX'",
    );
  if (statusCode === 421)
    throw new UsageError(
      `${url.host}: the balancer does not answer for this name; ask by address, or list the name in balancer.admin.names`,
    );
  const found = statusSchema.safeParse(jsonOf(body));
  if (statusCode !== 200 || !found.success)
    throw new UsageError(
      `${url.host}: what answers is no balancer's admin port (status ${statusCode} for ${PATH}); ` +
        "its address is balancer.admin.bind in tandem.yaml",
    );
  return found.data;
}

/** Sends one GET with Node's own client, which starts faster than fetch. */
function answerOf(url: URL): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { signal: AbortSignal.timeout(PATIENCE_MS), agent: false }, resolve).on(
      "error",
      (error) =>
        reject(
          error.name === "AbortError" || error.name === "TimeoutError"
            ? new Error(`nothing came within ${PATIENCE_MS / 1000} s`)
            : error,
        ),
    );
  });
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function chosen(status: Look, name: string | undefined, url: URL) {
  const backend = backendOf(status, name);
  const names = status.backends.filter(({ mode }) => mode === "http").map((one) => one.name);
  if (backend !== undefined && backend.servers.length > 0) return backend;
  if (names.length === 0)
    throw new UsageError(`${url.host}: the balancer has no backend of mode http`);
  throw new UsageError(
    `${url.host}: the balancer has no backend '${name ?? ""}' with servers${didYouMean(name ?? "", names)}; it has: ${names.join(", ")}`,
  );
}
