// Decides which backend a connection in TCP mode goes to: the first route whose server name and protocol match.
import type { FrontendConfig } from "@tandem/config";
import { hostMatcher } from "../route/router.ts";

/** What is known of a connection before its first byte is passed on. */
export interface Greeting {
  /** The server name that the client asked for; empty when it asked for none. */
  readonly serverName: string;
  /** The protocols that the client offers with ALPN. */
  readonly protocols: readonly string[];
}

interface TcpRoute<B> {
  readonly backend: B;
  matches(greeting: Greeting): boolean;
}

export class TcpRouter<B> {
  readonly #routes: readonly TcpRoute<B>[];
  /** Whether a route asks for what stands in the ClientHello. If not, no connection has to wait for one. */
  readonly needsGreeting: boolean;

  /** Throws when a route names a backend that `find` does not know. */
  constructor(routes: FrontendConfig["routes"], find: (name: string) => B | undefined) {
    this.needsGreeting = routes.some(({ match }) => (match?.sni ?? match?.alpn) !== undefined);
    this.#routes = routes.map(({ match: { sni, alpn } = {}, backend: name }) => {
      const backend = find(name);
      if (backend === undefined) throw new Error(`a route names the unknown backend "${name}"`);
      const fits = hostMatcher(sni);
      return {
        backend,
        matches: ({ serverName, protocols }) =>
          (sni === undefined || (serverName !== "" && fits(canonical(serverName)))) &&
          (alpn === undefined || protocols.includes(alpn)),
      };
    });
  }

  route(greeting: Greeting): B | undefined {
    return this.#routes.find((route) => route.matches(greeting))?.backend;
  }
}

/** Names are compared without case and without a final dot. */
function canonical(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith(".") ? lower.slice(0, -1) : lower;
}
