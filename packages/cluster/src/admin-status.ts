// Reads the balancer's status from its admin port: the state of the balancer, its servers, and the services behind
// them. The balancer may have another version than this command. So values that this code does not know are left out,
// never guessed.
import { get, type IncomingMessage } from "node:http";
import { json } from "node:stream/consumers";

export interface ServerStatus {
  readonly backend: string;
  readonly server: string;
  /** The state as the balancer writes it: UP, DOWN, DRAINING, MAINT. */
  readonly state: string;
  /** Whether the server is up but reports that it cannot do all of its work. */
  readonly degraded: boolean;
  /**
   * Whether a health check has tested the server. A server that no check has tested still gets requests, as long as no
   * connection to it fails.
   */
  readonly checked: boolean;
  /** For how many seconds the server has been up or down; undefined when the balancer does not report it. */
  readonly forSeconds: number | undefined;
  /** The result of the last health check, or the server's own report; empty when nothing is wrong. */
  readonly why: string;
}

/**
 * One link in the chain through which a request passes: a backend of the balancer, or a service behind the backend
 * (application, database, …).
 */
export interface LinkStatus {
  readonly backend: string;
  readonly name: string;
  /** The state: up, unknown, degraded or down. */
  readonly state: string;
  /** ISO time since when the link is not up. Empty while the link is up or unknown, and when the time is not known. */
  readonly since: string;
  readonly why: string;
}

/** A frontend with certificates that no client accepts. */
export interface AilingFrontend {
  /** The frontend's name, as `frontend NAME`. */
  readonly name: string;
  /** The state of the frontend: `degraded` or `down`. */
  readonly state: string;
  /** ISO time since when the frontend is in this state; empty when the time is not known. */
  readonly since: string;
  readonly why: string;
}

export interface BalancerStatus {
  /** The site of this balancer; undefined when the balancer is too old to report it. */
  readonly site: string | undefined;
  readonly box: string | undefined;
  readonly pid: number | undefined;
  /** The health: healthy, unknown, degraded or down; undefined when the balancer does not report it. */
  readonly health: string | undefined;
  readonly draining: boolean;
  readonly servers: readonly ServerStatus[];
  readonly links: readonly LinkStatus[];
  readonly ailingFrontends: readonly AilingFrontend[];
}

/** The balancer that should answer. */
export interface Expected {
  readonly site: string;
  /** The balancer's box. Undefined = the balancer of any box. */
  readonly box: string | undefined;
}

/** The result of asking an admin port: the expected balancer answered, another balancer answered, or none did. */
export interface Answer {
  readonly balancer: BalancerStatus | undefined;
  /**
   * Words that name the answering balancer when it belongs to another site or box. Undefined otherwise. The status of
   * such a balancer is not used.
   */
  readonly stranger: string | undefined;
}

/**
 * Asks the admin port at `address`, where the balancer of `expected` should answer. Another balancer may answer,
 * because several sites may be configured with the same admin port.
 */
export async function askBalancer(address: string, expected: Expected): Promise<Answer> {
  const status = await fetchStatus(address);
  const stranger = status === undefined ? undefined : strangerOf(status, expected);
  return { balancer: stranger === undefined ? status : undefined, stranger };
}

/**
 * Returns the name of the balancer that answered instead of `expected`. Undefined when the expected balancer answered,
 * or when the answer names no site and no box.
 */
export function strangerOf(
  { site, box, pid }: BalancerStatus,
  expected: Expected,
): string | undefined {
  const otherSite = site !== undefined && site !== expected.site;
  const otherBox = box !== undefined && expected.box !== undefined && box !== expected.box;
  if (!otherSite && !otherBox) return undefined;
  const words = [site ?? expected.site, `box ${box ?? "unknown"}`, `process ${pid ?? "unknown"}`];
  return words.join(", ");
}

/** Fetches the balancer's status. Undefined when no answer comes within a second. */
async function fetchStatus(address: string): Promise<BalancerStatus | undefined> {
  try {
    const answer = await answerOf(`http://${address}/api/v1/status`, AbortSignal.timeout(1000));
    const status: unknown = await json(answer);
    return answer.statusCode === 200 ? readStatus(status) : undefined;
  } catch {
    return undefined;
  }
}

/** Sends one GET with Node's own client, because undici's modules alone would double what `tandem status` costs. */
function answerOf(url: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { signal, agent: false }, resolve).on("error", reject);
  });
}

/** Reads a status document, in which `backends` and `servers` may be lists or objects with names as keys. */
export function readStatus(status: unknown): BalancerStatus {
  const health = field(status, "health");
  const backends = entries(field(status, "backends"));
  const pid = field(status, "pid");
  const problems = entries(field(status, "problems")).map(([, problem]) => problem);
  return {
    site: text(status, "site") || undefined,
    box: text(status, "box") || undefined,
    pid: typeof pid === "number" ? pid : undefined,
    health: typeof health === "string" ? health : undefined,
    draining: field(status, "draining") === true,
    servers: backends.flatMap(([backend, value]) =>
      entries(field(value, "servers")).flatMap(([server, details]) =>
        serverOf(backend, server, details),
      ),
    ),
    links: backends.flatMap(([backend, value]) =>
      entries(field(value, "chain")).flatMap(([name, details]) => {
        const state = text(details, "state");
        const [since, why] = [text(details, "since"), text(details, "why")];
        return state === "" ? [] : [{ backend, name, state, since, why }];
      }),
    ),
    ailingFrontends: problems
      .filter((problem) => text(problem, "frontend") !== "")
      .map((problem) => ({
        ...{ name: text(problem, "name"), state: text(problem, "state") },
        ...{ since: text(problem, "since"), why: text(problem, "why") },
      })),
  };
}

function serverOf(backend: string, server: string, details: unknown): readonly ServerStatus[] {
  const state = text(details, "state") || text(details, "status");
  if (state === "") return [];
  const check = field(details, "check");
  const seconds = field(check, "changedSecondsAgo");
  return [
    {
      ...{ backend, server, state: state.toUpperCase(), why: text(check, "why") },
      degraded: field(details, "degraded") === true,
      checked: field(check, "checked") !== false,
      forSeconds: typeof seconds === "number" ? seconds : undefined,
    },
  ];
}

function text(value: unknown, name: string): string {
  const found = field(value, name);
  return typeof found === "string" ? found.replaceAll(/\p{C}/gu, " ") : "";
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function entries(value: unknown): readonly (readonly [string, unknown])[] {
  if (Array.isArray(value))
    return value.map((item: unknown) => [String(field(item, "name")), item]);
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}
