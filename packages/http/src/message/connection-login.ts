// Logins that hold for a whole connection. With NTLM and Negotiate (RFC 4559) a server assumes that every later
// request on the connection comes from the user who logged in on it. RFC 9110 §3.3 forbids that assumption and names
// it as a danger. So a proxy must not send another client's requests on that connection.
//
// Such a login is recognized by its scheme, as in HAProxy: NTLM, every scheme that begins with Nego (Negotiate, Nego2),
// and, beyond HAProxy, Kerberos. The scheme may be on any line and at any place of a list. A scheme's name within a
// quoted string counts too; the only cost is that the connection is not shared. The fields for proxies
// (Proxy-Authenticate, Proxy-Authorization) are not looked at. They are removed at this hop, so no client can log in
// with them.
import type { Fields } from "./fields.ts";
import type { RequestHead, ResponseHead } from "./head.ts";
import { LOGIN } from "./known-names.ts";

const GIVEN = /^(?:ntlm|nego|kerberos)/i;
const ASKED = /(?:^|,)[ \t]*(?:ntlm|nego|kerberos)/i;

/**
 * Returns whether the forwarded request logs its client in for the whole connection to the server.
 */
export function logsConnectionIn(head: RequestHead): boolean {
  if (!head.edited && (head.section.kinds & LOGIN) === 0) return false;
  return anyLine(head.fields, "authorization", GIVEN);
}

/** Returns whether the server asks for a login that holds for the whole connection, or continues such a login. */
export function asksConnectionLogin(head: ResponseHead): boolean {
  return (head.kinds & LOGIN) !== 0 && anyLine(head.fields, "www-authenticate", ASKED);
}

function anyLine(fields: Fields, key: string, scheme: RegExp): boolean {
  for (let i = 0; i < fields.length; i++) {
    if (fields.keys[i] === key && scheme.test(fields.value(i))) return true;
  }
  return false;
}
