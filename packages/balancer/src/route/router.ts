// Which backend a request goes to. Routes are tried in the order of the configuration, first match
// wins; the matchers are compiled once, so a request only compares strings.
import type { FrontendConfig } from "@tandem/config";
import type { RequestHead } from "@tandem/http";

type Matcher = (host: string, path: string) => boolean;

export class Router<B> {
  readonly #routes: readonly { readonly matches: Matcher; readonly backend: B }[];
  /** Where everything goes when the first route is for everything, as on most sites. */
  readonly #only: B | undefined;

  /** Throws when a route names a backend that `find` does not know. */
  constructor(routes: FrontendConfig["routes"], find: (name: string) => B | undefined) {
    this.#routes = routes.map(({ match, backend: name }) => {
      const backend = find(name);
      if (backend === undefined) throw new Error(`a route names the unknown backend "${name}"`);
      const host = hostMatcher(match?.host);
      const path = pathMatcher(match?.path);
      return { matches: (h: string, p: string) => host(h) && path(p), backend };
    });
    const [first] = routes;
    const { host, path } = first?.match ?? {};
    this.#only = host === undefined && path === undefined ? this.#routes[0]?.backend : undefined;
  }

  route(head: RequestHead): B | undefined {
    if (this.#only !== undefined) return this.#only;
    const host = withoutPort(head.host);
    const query = head.path.indexOf("?");
    const path = query < 0 ? head.path : head.path.slice(0, query);
    for (const { matches, backend } of this.#routes) {
      if (matches(host, path)) return backend;
    }
    return undefined;
  }
}

/** `www.foobar.com:8443` → `www.foobar.com`; `[::1]:80` → `[::1]`. */
export function withoutPort(authority: string): string {
  const colon = authority.lastIndexOf(":");
  return colon > authority.lastIndexOf("]") ? authority.slice(0, colon) : authority;
}

function hostMatcher(pattern: string | undefined): (host: string) => boolean {
  if (pattern === undefined || pattern === "*") return () => true;
  const wanted = pattern.toLowerCase();
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
