// Rules about `mode`: a frontend and its backends carry the same, keys of the other mode are refused, and so are
// timeouts that another timeout stands in for.
import { ALGORITHMS } from "@tandem/algorithms";
import { FRONTEND_FILTERS, ROUTE_FILTERS } from "@tandem/filters";
import type { Path } from "../document.ts";
import type { Finding } from "../explain.ts";
import type { FrontendConfig } from "../schema/balancer.ts";
import type { Facts } from "./facts.ts";

/** The keys of a frontend that mean something in HTTP alone. */
const HTTP_FRONTEND: readonly Path[] = [
  ["proto"],
  ["http2"],
  ["trustedProxies"],
  ["limits"],
  ["timeouts", "httpRequest"],
  ["timeouts", "httpKeepAlive"],
  ["tls", "alpn"],
  ["tls", "hsts"],
  ...Object.keys(FRONTEND_FILTERS).map((key) => [key]),
];
const HTTP_ROUTE: readonly Path[] = [
  ["match", "host"],
  ["match", "path"],
  ...Object.keys(ROUTE_FILTERS).map((key) => [key]),
];
const TCP_ROUTE: readonly Path[] = [
  ["match", "sni"],
  ["match", "alpn"],
];
const HTTP_BACKEND: readonly Path[] = [
  ["replay"],
  ["hedge"],
  ["limits"],
  ["maxIdle"],
  ["maxStreams"],
  ["proto"],
  ["tls", "alpn"],
  ["timeouts", "eventStream"],
  ["timeouts", "idle"],
  ["balance", "passReports"],
];

/** Refuses keys that have no meaning in the mode of their frontend or backend. */
export function* keysBelongToTheMode(facts: Facts): Iterable<Finding> {
  for (const { path, frontend } of frontendsOf(facts)) {
    const { mode, routes, tls } = frontend;
    if (mode === "tcp") yield* refused(facts, path, HTTP_FRONTEND, "http");
    for (const index of routes.keys()) {
      const route = [...path, "routes", index];
      if (mode === "http") yield* refused(facts, route, TCP_ROUTE, "tcp");
      else yield* refused(facts, route, HTTP_ROUTE, "http");
      const alpn = [...route, "match", "alpn"];
      if (mode === "tcp" && tls !== undefined && facts.has(alpn))
        yield {
          path: alpn,
          side: "key",
          message:
            "'alpn' chooses among connections whose TLS is passed on, but this frontend has 'tls' and negotiates no protocol; remove one of the two",
        };
    }
  }
  for (const { path, backend } of facts.backends())
    if (backend.mode === "tcp") yield* refused(facts, path, HTTP_BACKEND, "http");
}

/** Refuses algorithms that choose by what only HTTP has. */
export function* algorithmsFitTheMode(facts: Facts): Iterable<Finding> {
  for (const { path, backend } of facts.backends()) {
    const { algorithm } = backend.balance;
    if (backend.mode === "http" || algorithm === "module") continue;
    const { key, probes } = ALGORITHMS[algorithm].traits;
    const needs = probes ? "probes over HTTP" : key === "address" ? undefined : key;
    if (needs === undefined) continue;
    yield {
      path: [...path, "balance", "algorithm"],
      side: "value",
      message: `'${algorithm}' needs ${probes ? needs : `the ${needs} of a request`}, which 'mode: tcp' does not have; expected another, such as 'least-conn' or 'source'`,
    };
  }
}

/** Requires that a frontend's routes lead to backends of its own mode. */
export function* modesAgree(facts: Facts): Iterable<Finding> {
  const backends = facts.config.balancer?.backends ?? {};
  for (const { path, frontend } of frontendsOf(facts))
    for (const [index, route] of frontend.routes.entries()) {
      const mode = backends[route.backend]?.mode;
      if (mode === undefined || mode === frontend.mode) continue;
      yield {
        path: [...path, "routes", index, "backend"],
        side: "value",
        message: `found '${route.backend}', a backend of 'mode: ${mode}', in a frontend of 'mode: ${frontend.mode}'; give both the same mode`,
      };
    }
  const upstream = facts.config.webserver?.upstream;
  if (upstream?.mode === "tcp")
    yield {
      path: ["webserver", "upstream", "mode"],
      side: "value",
      message: "found 'tcp', but the webserver sends requests; expected 'http'",
    };
}

/** Refuses `client` in TCP mode while `tunnel` stands in for it, as in HAProxy. */
export function* tcpTimeoutsHaveAnEffect(facts: Facts): Iterable<Finding> {
  for (const { path, frontend } of frontendsOf(facts)) {
    const key = [...path, "timeouts", "client"];
    if (frontend.mode !== "tcp" || frontend.timeouts.tunnel === 0 || !facts.has(key)) continue;
    const tunnel = facts.shown([...path, "timeouts", "tunnel"], "1h");
    yield {
      path: key,
      side: "key",
      message: `'client' has no effect, since 'tunnel' (${tunnel}) stands in for it in 'mode: tcp'; write 'tunnel' instead, or 'tunnel: 0ms' beside it`,
    };
  }
}

function* refused(
  facts: Facts,
  base: Path,
  keys: readonly Path[],
  mode: FrontendConfig["mode"],
): Iterable<Finding> {
  for (const key of keys) {
    const path = [...base, ...key];
    if (!facts.has(path)) continue;
    const other = mode === "http" ? "tcp" : "http";
    const message = `'${key.join(".")}' is for 'mode: ${mode}', but this is 'mode: ${other}'; remove it, or change the mode`;
    yield { path, side: "key", message };
  }
}

function* frontendsOf({
  config,
}: Facts): Iterable<{ readonly path: Path; readonly frontend: FrontendConfig }> {
  for (const [name, frontend] of Object.entries(config.balancer?.frontends ?? {}))
    yield { path: ["balancer", "frontends", name], frontend };
}
