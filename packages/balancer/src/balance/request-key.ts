// What keeps requests together, by HAProxy's names: the client's address (source), the path (uri), a header
// field, a query parameter or a cookie, as one number. Compiled when the configuration loads, and undefined
// for algorithms that do not ask; a request without the value has no key either.
import type { BalanceConfig } from "@tandem/config";
import type { RequestHead } from "@tandem/http";
import type { ClientInfo } from "../exchange/request-head.ts";
import { murmur3 } from "../picker/hash/murmur3.ts";

export type RequestKey = (head: RequestHead, client: ClientInfo) => number | undefined;
type RequestText = (head: RequestHead, client: ClientInfo) => string | undefined;

/** Must see the head before it is edited for the next hop. */
export function requestKey(balance: BalanceConfig): RequestKey | undefined {
  const text = textOf(balance);
  if (text === undefined) return undefined;
  return (head, client) => {
    const found = text(head, client);
    return found === undefined || found === "" ? undefined : murmur3(found);
  };
}

function textOf(balance: BalanceConfig): RequestText | undefined {
  const { algorithm, header = "", query = "", cookie = "", depth = 0, whole = false } = balance;
  switch (algorithm) {
    case "source":
      return sourceOf;
    case "uri":
      return ({ path }) => uriPart(path, depth, whole);
    case "header":
      return ({ fields }) => fields.get(header.toLowerCase());
    case "query":
      return ({ path }) => namedValue(path, path.indexOf("?"), query, "&");
    case "cookie":
      return ({ fields }) => cookieOf(fields.get("cookie"), cookie);
    default:
      return undefined;
  }
}

/** Behind a proxy that is believed, the address that this proxy saw: the last it wrote down. */
function sourceOf({ fields }: RequestHead, { address, trusted }: ClientInfo): string {
  if (!trusted) return address;
  const forwarded = fields.get("x-forwarded-for");
  if (forwarded === undefined) return address;
  return forwarded.slice(forwarded.lastIndexOf(",") + 1).trim();
}

function uriPart(path: string, depth: number, whole: boolean): string {
  const mark = path.indexOf("?");
  const end = mark < 0 ? path.length : mark;
  let at = 0;
  for (let level = 0; depth > 0 && level < depth && at >= 0; level++)
    at = path.indexOf("/", at + 1);
  const cut = depth > 0 && at > 0 && at < end ? at : end;
  return whole ? path.slice(0, cut) + path.slice(end) : path.slice(0, cut);
}

function cookieOf(field: string | undefined, name: string): string | undefined {
  return field === undefined ? undefined : namedValue(`;${field}`, 0, name, ";");
}

/** The value of `name=` in a list whose items begin after `text[at]` and after each separator. */
function namedValue(text: string, at: number, name: string, separator: string): string | undefined {
  for (let mark = at; mark >= 0; mark = text.indexOf(separator, mark + 1)) {
    let start = mark + 1;
    while (text[start] === " ") start += 1;
    if (!text.startsWith(name, start) || text[start + name.length] !== "=") continue;
    const end = text.indexOf(separator, start);
    return text.slice(start + name.length + 1, end < 0 ? text.length : end).trim();
  }
  return undefined;
}
