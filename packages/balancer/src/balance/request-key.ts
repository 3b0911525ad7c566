// The key of a request, a number: hashing algorithms send requests with the same key to the same server. The key is
// made from the client's address (source), the path (uri), a header field, a query parameter or a cookie. These names
// are HAProxy's. The function that finds the key is compiled when the configuration is loaded. For an algorithm that
// needs no key there is no such function. A request without that field, parameter or cookie has no key.
import { ALGORITHMS, type KeySource, murmur3 } from "@tandem/algorithms";
import type { BalanceConfig } from "@tandem/config";
import { type ClientEndpoint, clientAddressOf } from "@tandem/front";
import type { Fields, RequestHead } from "@tandem/http";

export type RequestKey = (head: RequestHead, client: ClientEndpoint) => number | undefined;
type RequestText = (head: RequestHead, client: ClientEndpoint) => string | undefined;

/** Returns the function that finds a request's key. Call that function before the head is edited for the next hop. */
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

/** For each source of a key: makes the function that finds the text from which a request's key is made. */
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

/**
 * Joins all lines of a field into one value (RFC 9110 §5.3), so that it does not matter how members are split
 * into lines.
 */
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

/** Searches all Cookie lines. RFC 6265 allows only one line, but HTTP/2 and proxies split the line into several. */
function cookieOf(fields: Fields, name: string): string | undefined {
  if (!fields.has("cookie")) return undefined;
  return namedValue(`;${fields.all("cookie").join(";")}`, 0, name, ";");
}

/**
 * Returns the value of `name` in a list such as `?a=1&b=2`; undefined when the list has no such
 * name. `at` is the index of the character before the first item (of `?` in the example), or -1
 * when there is no list.
 */
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
