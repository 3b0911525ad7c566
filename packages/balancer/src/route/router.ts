// Decides which backend a request goes to. Routes are tried in the order of the configuration, and the first match
// wins. The matchers are compiled once, so that a request only compares strings.
import type { FrontendConfig } from "@tandem/config";
import { hostName, type RequestHead } from "@tandem/http";
import type { FilterChain } from "../filter/chain.ts";

type Matcher = (host: string, path: string) => boolean;

/** The backend and the filters for the requests that match a route. */
export interface Route<B> {
  readonly backend: B;
  /** The filters for these requests; undefined = the route has no filters. */
  readonly filters: FilterChain | undefined;
}

/** The keys of a configured route that the router reads. The other keys of a route configure filters. */
type WrittenRoute = Pick<FrontendConfig["routes"][number], "match" | "backend">;

export class Router<B, R extends WrittenRoute = FrontendConfig["routes"][number]> {
  readonly #routes: readonly (Route<B> & { readonly matches: Matcher })[];
  /** The first route, if it matches everything, as on most sites. Then all requests take this route. */
  readonly #only: Route<B> | undefined;

  /** Throws when a route names a backend that `find` does not know. */
  constructor(
    routes: readonly R[],
    find: (name: string) => B | undefined,
    filters: (route: R) => FilterChain | undefined,
  ) {
    this.#routes = routes.map((route) => {
      const { match, backend: name } = route;
      const backend = find(name);
      if (backend === undefined) throw new Error(`a route names the unknown backend "${name}"`);
      const host = hostMatcher(match?.host);
      const path = pathMatcher(match?.path);
      return {
        matches: (h: string, p: string) => host(h) && path(p),
        backend,
        filters: filters(route),
      };
    });
    const [first] = routes;
    const { host, path } = first?.match ?? {};
    this.#only = host === undefined && path === undefined ? this.#routes[0] : undefined;
  }

  route(head: RequestHead): Route<B> | undefined {
    if (this.#only !== undefined) return this.#only;
    const host = head.hostName;
    const query = head.path.indexOf("?");
    const path = query < 0 ? head.path : head.path.slice(0, query);
    return this.#routes.find(({ matches }) => matches(host, path));
  }
}

/**
 * Returns a function that matches a host: `www.foobar.com`, `*.foobar.com` (every name below foobar.com), or any host
 * for `*` or undefined. The hosts that are passed to that function must be in the form that `hostName` returns.
 */
export function hostMatcher(pattern: string | undefined): (host: string) => boolean {
  if (pattern === undefined || pattern === "*") return () => true;
  const wanted = hostName(pattern.toLowerCase());
  if (!wanted.startsWith("*.")) return (host) => host === wanted;
  const suffix = wanted.slice(1);
  return (host) => host.length > suffix.length && host.endsWith(suffix);
}

function pathMatcher(pattern: string | undefined): (path: string) => boolean {
  if (pattern === undefined) return () => true;
  if (!pattern.endsWith("*")) return (path) => path === pattern;
  const prefix = pattern.slice(0, -1);
  return (path) => path.startsWith(prefix);
}
