// Rules about servers: a check ends before the next one starts, the balancer closes an idle connection before the
// webserver does, some server has a weight above 0, and tiers that talk to each other agree on TLS and on what comes
// before it.
import type { Finding } from "../explain.ts";
import { formatPath } from "../path-text.ts";
import type { Facts } from "./facts.ts";

/** Requires that a check ends before the next check starts. */
export function* checksFitTheirInterval(facts: Facts): Iterable<Finding> {
  for (const { path, backend } of facts.backends()) {
    const { timeout, interval } = backend.check;
    if (timeout <= interval) continue;
    const [shorter, longer] = [
      [...path, "check", "timeout"],
      [...path, "check", "interval"],
    ];
    yield {
      // The message points at a key that is written in the file, because the other key may only
      // have its default.
      path: facts.has(shorter) ? shorter : longer,
      side: "value",
      message:
        `a check may take ${facts.duration(shorter, timeout)}, but the next one starts after ` +
        `${facts.duration(longer, interval)}; expected a timeout no longer than the interval`,
    };
  }
}

/**
 * Requires that the balancer closes an idle connection before the webserver does. Otherwise a
 * request can arrive on a connection that the webserver is just closing.
 */
export function* idleEndsBeforeKeepAlive(facts: Facts): Iterable<Finding> {
  const keepAlive = facts.config.webserver?.timeouts.httpKeepAlive;
  if (keepAlive === undefined) return;
  for (const fact of facts.backends()) {
    const { idle } = fact.backend.timeouts;
    if (fact.towards !== "webserver" || idle < keepAlive || !facts.isOurs(fact)) continue;
    const path = [...fact.path, "timeouts", "idle"];
    const other = ["webserver", "timeouts", "httpKeepAlive"];
    yield {
      path: facts.has(path) ? path : other,
      side: "value",
      message:
        `the balancer keeps an unused connection for ${facts.duration(path, idle)}, but the ` +
        `webserver closes it after ${facts.duration(other, keepAlive)}; expected 'idle' to be ` +
        `shorter than '${formatPath(other)}', or requests are lost between the two`,
    };
  }
}

/** Requires that in every backend some server has a weight above 0. */
export function* someServerHasWeight(facts: Facts): Iterable<Finding> {
  for (const { path, backend } of facts.backends()) {
    if (Object.values(backend.servers).some(({ weight }) => weight > 0)) continue;
    const message =
      "every server has weight 0, so every request would get 503; expected one above 0";
    yield { path: [...path, "servers"], side: "key", message };
  }
}

/**
 * Requires that two tiers of one file both speak TLS to each other, or both do not, and that a tier that demands a
 * certificate is shown one.
 */
export function* tiersAgreeOnTls(facts: Facts): Iterable<Finding> {
  for (const fact of facts.backends()) {
    const tier = facts.config[fact.towards];
    // In TCP mode the client's own TLS may pass through, so the backend needs no TLS of its own.
    if (tier === undefined || fact.backend.mode === "tcp" || !facts.isOurs(fact)) continue;
    const client = fact.backend.tls !== undefined;
    const server = tier.tls !== undefined || ("edgeTls" in tier && tier.edgeTls !== undefined);
    const [here, there] = [formatPath(fact.path), fact.towards];
    if (tier.tls !== undefined && client && fact.backend.tls?.cert === undefined) {
      const message = `'${there}.tls' demands a certificate, but '${here}.tls' shows none; add 'cert' and 'key' of the internal authority`;
      yield { path: [...fact.path, "tls"], side: "key", message };
    }
    if (client === server) continue;
    const message = client
      ? `'${here}' speaks TLS to servers that expect plain text; add '${there}.tls', or remove this`
      : `'${there}' expects TLS, but '${here}' speaks plain text to it; add '${here}.tls'`;
    yield { path: client ? [...fact.path, "tls"] : fact.path, side: "key", message };
  }
}

/** Refuses PROXY headers to tiers of Tandem, which do not read them. */
export function* tiersGetNoProxyHeader(facts: Facts): Iterable<Finding> {
  for (const fact of facts.backends()) {
    const { sendProxy } = fact.backend;
    const known = facts.config[fact.towards] !== undefined && facts.isOurs(fact);
    if (sendProxy === undefined || (fact.towards === "webserver" && !known)) continue;
    const message = `'sendProxy' sends a PROXY header, but the ${fact.towards} expects none and would refuse every connection; remove it, since Tandem's tiers learn the client's address from 'X-Forwarded-For'`;
    yield { path: [...fact.path, "sendProxy"], side: "key", message };
  }
}
