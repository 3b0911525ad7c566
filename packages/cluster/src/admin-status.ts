// What the balancer's admin port says about the servers. Read with care: the balancer may be another
// version than this command, so what is not understood is left out, never guessed.
import { request } from "undici";

export interface ServerStatus {
  readonly backend: string;
  readonly server: string;
  /** In the balancer's words: UP, DOWN, DRAIN, MAINT. */
  readonly state: string;
}

/** Asks the admin port; undefined when nobody answers there within a second. */
export async function fetchServers(address: string): Promise<readonly ServerStatus[] | undefined> {
  try {
    const { statusCode, body } = await request(`http://${address}/api/v1/status`, {
      signal: AbortSignal.timeout(1000),
    });
    const status: unknown = await body.json();
    return statusCode === 200 ? serversOf(status) : undefined;
  } catch {
    return undefined;
  }
}

/** The servers in a status document: `backends` and `servers` may be lists or keyed by name. */
export function serversOf(status: unknown): readonly ServerStatus[] {
  return entries(field(status, "backends")).flatMap(([backend, value]) =>
    entries(field(value, "servers")).flatMap(([server, details]) => {
      const state = field(details, "state") ?? field(details, "status");
      return typeof state === "string" ? [{ backend, server, state: state.toUpperCase() }] : [];
    }),
  );
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
