// What keeps requests together, by HAProxy's names: the client's address (source), the path (uri), a header
// field, a query parameter or a cookie, as one number. Compiled when the configuration loads, and undefined
// for algorithms that do not ask; a request without the value has no key either.
import { ALGORITHMS, type KeySource, murmur3 } from "@tandem/algorithms";
import type { BalanceConfig } from "@tandem/config";
import { type ClientEndpoint, clientAddressOf } from "@tandem/front";
import type { Fields, RequestHead } from "@tandem/http";

export type RequestKey = (head: RequestHead, client: ClientEndpoint) => number | undefined;
type RequestText = (head: RequestHead, client: ClientEndpoint) => string | undefined;

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
  const { algorithm } = balance;
  const key = algorithm === "module" ? undefined : ALGORITHMS[algorithm].traits.key;
  return key === undefined ? undefined : TEXTS[key](balance);
}

/** Where a key is found. */
const TEXTS: Readonly<Record<KeySource, (balance: BalanceConfig) => RequestText>> = {
  address: () => clientAddressOf,
  path:
    ({ depth = 0, whole = false }) =>
    ({ path }) =>
      uriPart(path, depth, whole),
  header: ({ header = "" }) => {
    const key = header.toLowerCase();
    return ({ fields }) => combined(fields, key);
  },
  query:
    ({ query = "" }) =>
    ({ path }) =>
      namedValue(path, path.indexOf("?"), query, "&"),
  cookie:
    ({ cookie = "" }) =>
    ({ fields }) =>
      cookieOf(fields, cookie),
};

/** One value out of all lines of a field (RFC 9110 §5.3), the same however its members stand on them. */
function combined(fields: Fields, key: string): string | undefined {
  const first = fields.get(key);
  if (first === undefined || (!first.includes(",") && fields.count(key) === 1)) return first;
  const members = fields.all(key).join(",").split(",");
  return members
    .map((member) => member.trim())
    .filter((member) => member !== "")
    .join(", ");
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

/** On whichever line it stands: RFC 6265 knows one Cookie line, but HTTP/2 and proxies make several of it. */
function cookieOf(fields: Fields, name: string): string | undefined {
  if (!fields.has("cookie")) return undefined;
  return namedValue(`;${fields.all("cookie").join(";")}`, 0, name, ";");
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
