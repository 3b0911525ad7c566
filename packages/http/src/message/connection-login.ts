// Logins that belong to a connection. With NTLM and Negotiate (RFC 4559) a server takes the user who has logged in on a
// connection for the sender of all that comes on it later, which RFC 9110 §3.3 forbids and names as a danger. So a proxy
// must not let another client's requests onto that connection.
//
// Known by its scheme, as HAProxy does it: NTLM and all that begins with Nego (Negotiate, Nego2), and Kerberos besides; on
// any line and in any place of a list. What looks like one within a quoted string counts as well: that costs a connection,
// no more. The fields for proxies (Proxy-Authenticate, Proxy-Authorization) end at this hop: no client logs in with them.
import type { Fields } from "./fields.ts";
import type { RequestHead, ResponseHead } from "./head.ts";
import { LOGIN } from "./known-names.ts";

const GIVEN = /^(?:ntlm|nego|kerberos)/i;
const ASKED = /(?:^|,)[ \t]*(?:ntlm|nego|kerberos)/i;

/** Whether the request, as it is to be forwarded, logs its client in on the connection that carries it. */
export function logsConnectionIn(head: RequestHead): boolean {
  if (!head.edited && (head.section.kinds & LOGIN) === 0) return false;
  return anyLine(head.fields, "authorization", GIVEN);
}

/** Whether the server asks for such a login, or goes on with one. */
export function asksConnectionLogin(head: ResponseHead): boolean {
  return (head.kinds & LOGIN) !== 0 && anyLine(head.fields, "www-authenticate", ASKED);
}

function anyLine(fields: Fields, key: string, scheme: RegExp): boolean {
  for (let i = 0; i < fields.length; i++) {
    if (fields.keys[i] === key && scheme.test(fields.value(i))) return true;
  }
  return false;
}
