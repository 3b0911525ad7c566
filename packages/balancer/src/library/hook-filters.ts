// The hooks of an embedding program, one filter for each. Errors of a hook are reported to the program.
import type { Filter, FilterContext, Verdict } from "@tandem/filters";
import type { RequestHead } from "@tandem/http";
import { whenThere } from "../filter/promised.ts";
import { type Hooks, IncomingRequest } from "./hooks.ts";

/** An error that a hook threw, and the request that the hook was called for. */
export interface HookFault {
  readonly error: Error;
  readonly hook: keyof Hooks;
  readonly request: IncomingRequest;
}

export interface HookEnvironment {
  readonly hooks: Hooks;
  /** The names that `route` may return. */
  readonly backends: readonly string[];
  /** How long a promise of a hook may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly failed: (fault: HookFault) => void;
}

/**
 * Returns a filter for each hook, in the order in which the hooks are called. The response hook comes last, so it
 * does not see an answer that the request hook gave.
 */
export function hookFilters(environment: HookEnvironment): readonly Filter[] {
  const { request, route, response } = environment.hooks;
  const requests = new WeakMap<RequestHead, IncomingRequest>();
  const seen = (head: RequestHead, context: FilterContext): IncomingRequest => {
    let incoming = requests.get(head);
    if (incoming === undefined) {
      incoming = new IncomingRequest(head, context);
      requests.set(head, incoming);
    }
    return incoming;
  };
  const all = [
    request && requestFilter(request, environment, seen),
    route && routeFilter(route, environment, seen),
    response && responseFilter(response, environment, seen),
  ];
  return all.filter((filter) => filter !== undefined);
}

/** Returns the `IncomingRequest` for a head. All hooks of one request get the same object. */
type Seen = (head: RequestHead, context: FilterContext) => IncomingRequest;

function requestFilter(
  hook: NonNullable<Hooks["request"]>,
  environment: HookEnvironment,
  seen: Seen,
): Filter {
  return {
    ...commonOf("request", environment, seen),
    request: (head: RequestHead, context) =>
      whenThere(hook(seen(head, context)), (answer) =>
        answer === undefined ? undefined : { answer },
      ),
  };
}

function routeFilter(
  hook: NonNullable<Hooks["route"]>,
  environment: HookEnvironment,
  seen: Seen,
): Filter {
  const { backends } = environment;
  const chosen = (backend: string | undefined): Verdict => {
    if (backend === undefined) return undefined;
    if (backends.includes(backend)) return { backend };
    const known = backends.map((name) => `"${name}"`).join(", ");
    throw new TypeError(`There is no backend ${JSON.stringify(backend)}; there are: ${known}`);
  };
  return {
    ...commonOf("route", environment, seen),
    request: (head: RequestHead, context) => whenThere(hook(seen(head, context)), chosen),
  };
}

function responseFilter(
  hook: NonNullable<Hooks["response"]>,
  environment: HookEnvironment,
  seen: Seen,
): Filter {
  return {
    ...commonOf("response", environment, seen),
    response: ({ status, fields }, head: RequestHead, context) =>
      hook({ status, fields }, seen(head, context)),
  };
}

function commonOf(hook: keyof Hooks, { timeoutMs, failed }: HookEnvironment, seen: Seen) {
  return {
    name: `the program's ${hook} hook`,
    patienceMs: timeoutMs,
    failed: (error: Error, head: RequestHead, context: FilterContext) =>
      failed({ error, hook, request: seen(head, context) }),
  };
}
