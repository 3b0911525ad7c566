// Parses the authority of a request: `uri-host [ ":" port ]` (RFC 9110 7.2, RFC 3986 3.2.2). Userinfo, paths, white
// space, empty hosts and IPvFuture are refused, so that an accepted authority is safe to route by and to forward.
import { isIPv6 } from "node:net";
import { COLON, LOWER, REG_NAME } from "../text/chars.ts";
import { isHexPair, resolveEscapes } from "../text/escapes.ts";

const DOT = 0x2e;
const PERCENT = 0x25;
const OPEN_BRACKET = 0x5b;

/** Returns the authority in lower case, or undefined when the text is no valid authority. */
export function parseAuthority(text: string): string | undefined {
  if (text.charCodeAt(0) === OPEN_BRACKET) return parseIpLiteral(text);
  let upper = false;
  let i = 0;
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === COLON) break;
    if (REG_NAME[code] === 1) {
      if (LOWER[code] !== code) upper = true;
    } else if (code === PERCENT && isHexPair(text, i + 1)) {
      i += 2;
      upper = true;
    } else return undefined;
  }
  if (i === 0 || !isPortSuffix(text, i)) return undefined;
  return upper ? text.toLowerCase() : text;
}

/**
 * Returns the host of a parsed authority, in the one form in which hosts are compared: `www.foobar.com:8443` and
 * `www.foobar.com.` → `www.foobar.com`; `[::1]:80` → `[::1]`. A final dot says that a name is complete (RFC 1034
 * §3.1); in an authority every name is complete, so the dot is dropped. An escaped letter is that letter (RFC 3986
 * §6.2.2.2).
 */
export function hostName(authority: string): string {
  const colon = authority.lastIndexOf(":");
  const ported = colon > authority.lastIndexOf("]");
  let name = ported ? authority.slice(0, colon) : authority;
  if (name.includes("%")) name = (resolveEscapes(name) ?? name).toLowerCase();
  let end = name.length;
  while (end > 0 && name.charCodeAt(end - 1) === DOT) end--;
  return end === name.length ? name : name.slice(0, end);
}

/** Returns whether an authority has a port, which CONNECT requires. */
export function hasPort(authority: string): boolean {
  const colon = authority.lastIndexOf(":");
  return colon > authority.lastIndexOf("]") && colon < authority.length - 1;
}

function parseIpLiteral(text: string): string | undefined {
  const close = text.indexOf("]");
  const address = text.slice(1, Math.max(close, 1));
  // isIPv6 accepts a zone. It is refused here, because a zone has no meaning on other machines.
  if (address.includes("%") || !isIPv6(address) || !isPortSuffix(text, close + 1)) return undefined;
  return text.toLowerCase();
}

/**
 * Returns whether the text from `from` on is empty or a colon with a port, such as `:8080`. RFC
 * 3986 allows a port without digits: `host:`.
 */
function isPortSuffix(text: string, from: number): boolean {
  if (from === text.length) return true;
  if (text.charCodeAt(from) !== COLON) return false;
  let port = 0;
  for (let i = from + 1; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return false;
    port = port * 10 + digit;
    if (port > 65_535) return false;
  }
  return true;
}
