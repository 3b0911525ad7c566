// Rules about the targets of requests: routes to backends, redirects to frontends, and static folders by their
// prefix.
import type { Finding } from "../explain.ts";
import { nearest } from "../nearest.ts";
import type { Facts } from "./facts.ts";

/** Requires that every route names a backend that exists. */
export function* backendsExist(facts: Facts): Iterable<Finding> {
  const backends = facts.names(["balancer", "backends"]);
  for (const [name, frontend] of Object.entries(facts.config.balancer?.frontends ?? {}))
    for (const [index, { backend }] of frontend.routes.entries()) {
      if (backends.includes(backend)) continue;
      const path = ["balancer", "frontends", name, "routes", index, "backend"];
      yield {
        path,
        side: "value",
        message: `found ${facts.shown(path, "")}, expected the name of a backend`,
        suggestion: nearest(backend, backends),
        allowed: backends,
      };
    }
}

/**
 * Refuses a route after a route that takes every request. The first match wins, so the later route would get no
 * request.
 */
export function* routesAreReachable(facts: Facts): Iterable<Finding> {
  for (const [name, { routes }] of Object.entries(facts.config.balancer?.frontends ?? {})) {
    const all = routes.findIndex(
      ({ match: { host, path, sni, alpn } = {} }) => !(host ?? path ?? sni ?? alpn),
    );
    if (all < 0 || all === routes.length - 1) continue;
    yield {
      path: ["balancer", "frontends", name, "routes", all + 1],
      side: "value",
      message: `never reached, since route [${all}] before it takes every request; expected the route without 'match' to be the last`,
    };
  }
}

/** Refuses a redirect to a port for https when no frontend of the file speaks https. */
export function* redirectsLeadSomewhere(facts: Facts): Iterable<Finding> {
  const frontends = Object.entries(facts.config.balancer?.frontends ?? {});
  if (frontends.some(([, { tls }]) => tls !== undefined)) return;
  for (const [name, { redirect }] of frontends) {
    if (redirect?.port === undefined || redirect.scheme !== "https") continue;
    const path = ["balancer", "frontends", name, "redirect", "port"];
    yield {
      path,
      side: "value",
      message:
        `found ${facts.shown(path, "")}, but no frontend has 'tls', so no https answers there; ` +
        "give a frontend certificates, or leave the port out when another machine does the TLS",
    };
  }
}

/** Requires that each URL prefix belongs to only one folder. */
export function* locationsAreDistinct(facts: Facts): Iterable<Finding> {
  const locations = facts.config.webserver?.locations ?? [];
  for (const [index, { path: prefix }] of locations.entries()) {
    const first = locations.findIndex((location) => location.path === prefix);
    if (first === index) continue;
    const path = ["webserver", "locations", index, "path"];
    yield {
      path,
      side: "value",
      message: `found ${facts.shown(path, "")}, which 'webserver.locations[${first}]' already serves; expected each prefix once`,
    };
  }
}
