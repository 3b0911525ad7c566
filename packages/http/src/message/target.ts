// Reads the four forms of a request target (RFC 9112 3.2). The result has the parts that a proxy needs: the authority
// if the target has one, the target to forward, and the path that rules are matched on.
import { PATH, QUERY } from "../text/chars.ts";
import { isHexPair } from "../text/escapes.ts";
import { quote, quoteAuthority } from "../text/quote.ts";
import { hasPort, parseAuthority } from "./host.ts";
import { normalizePath, resolveDotSegments } from "./path.ts";
import { ProtocolFailure } from "./protocol-failure.ts";

const SLASH = 0x2f;
const DOT = 0x2e;
const PERCENT = 0x25;
const QUESTION = 0x3f;

const REFUSED = 0;
const NORMAL = 1;
const OTHER_FORM = 2;

/**
 * Returns the normal form of a target in origin form, which most targets have. If the target is in
 * normal form already, the result is `target` itself. Returns undefined when the target has another
 * form or is invalid; then call `parseTarget`.
 */
export function normalOriginForm(target: string): string | undefined {
  if (target.charCodeAt(0) !== SLASH) return undefined;
  const found = scan(target);
  if (found === NORMAL) return target;
  return found === OTHER_FORM ? normalizePath(resolveDotSegments(target)) : undefined;
}

/** A parsed target. */
export interface Target {
  /** The authority in lower case; "" when the target has none: then the Host field names the site. */
  readonly authority: string;
  /** The target in origin form, as the client wrote it; the authority of CONNECT and `*` are unchanged. */
  readonly target: string;
  /** The normal form of the path in `target`, by which routes are matched. */
  readonly path: string;
}

/** Reads a request target of any form (RFC 9112 3.2). Returns a refusal when the target is invalid. */
export function parseTarget(method: string, target: string): Target | ProtocolFailure {
  if (method === "CONNECT") {
    const authority = parseAuthority(target);
    if (authority === undefined || !hasPort(authority))
      return refuse(target, "CONNECT wants host:port");
    return { authority, target, path: target };
  }
  if (target === "*") {
    if (method !== "OPTIONS") return refuse(target, "only OPTIONS may ask for *");
    return { authority: "", target, path: target };
  }
  if (target.charCodeAt(0) === SLASH) return withNormalForm("", target, target);
  return parseAbsoluteForm(method, target);
}

function parseAbsoluteForm(method: string, target: string): Target | ProtocolFailure {
  const scheme = target.indexOf("://");
  const name = target.slice(0, Math.max(scheme, 0)).toLowerCase();
  if (name !== "http" && name !== "https") return refuse(target, "neither a path nor an http URI");
  const from = scheme + 3;
  let end = from;
  while (end < target.length) {
    const code = target.charCodeAt(end);
    if (code === SLASH || code === QUESTION || code === 0x23) break;
    end++;
  }
  const authority = parseAuthority(target.slice(from, end));
  if (authority === undefined) return refuse(target, "its authority is not host or host:port");
  const rest = target.slice(end);
  // RFC 9112 3.2.4: OPTIONS of a URI without a path is about the server as a whole.
  if (rest === "" && method === "OPTIONS") return { authority, target: "*", path: "*" };
  const origin = rest.charCodeAt(0) === SLASH ? rest : `/${rest}`;
  return withNormalForm(authority, origin, target);
}

function withNormalForm(
  authority: string,
  target: string,
  received: string,
): Target | ProtocolFailure {
  const path = normalOriginForm(target);
  if (path === undefined) return refuse(received, reasonAgainst(target));
  return { authority, target, path };
}

/**
 * Returns REFUSED when a character is not allowed, NORMAL when the path is in normal form already, and OTHER_FORM
 * otherwise. Looks at every character only once.
 */
function scan(target: string): number {
  let form = NORMAL;
  let previous = 0;
  let i = 0;
  for (; i < target.length; i++) {
    const code = target.charCodeAt(i);
    if (code === QUESTION) break;
    if (PATH[code] !== 1) return REFUSED;
    if (code === PERCENT && !isHexPair(target, i + 1)) return REFUSED;
    if (code === PERCENT || (previous === SLASH && (code === SLASH || code === DOT))) {
      form = OTHER_FORM;
    }
    previous = code;
  }
  for (; i < target.length; i++) {
    if (QUERY[target.charCodeAt(i)] !== 1) return REFUSED;
  }
  return form;
}

function reasonAgainst(target: string): string {
  for (let i = 0; i < target.length; i++) {
    const code = target.charCodeAt(i);
    if (code === 0x23) return "a fragment never goes on the wire";
    if (code === 0x5c) return "a backslash in the path has to be escaped as %5C";
    if (QUERY[code] !== 1) return `the character ${quote(target.charAt(i))} has to be escaped`;
    if (code === QUESTION) break;
  }
  return "a % without two hexadecimal digits after it";
}

function refuse(target: string, reason: string): ProtocolFailure {
  const path = target.split("?", 1)[0] as string;
  const shown = path.startsWith("/") ? quote(path) : quoteAuthority(path);
  return new ProtocolFailure(
    "bad-target",
    400,
    `The request target ${shown} is refused: ${reason}`,
  );
}
