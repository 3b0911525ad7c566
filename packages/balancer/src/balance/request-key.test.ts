import type { BalanceConfig } from "@tandem/config";
import { configSchema } from "@tandem/config/schema";
import type { ClientEndpoint } from "@tandem/front";
import { DEFAULT_LIMITS, parseRequestHead, RequestHead } from "@tandem/http";
import { networkMatcher } from "@tandem/transport";
import t from "tap";
import { requestKey } from "./request-key.ts";

function balance(written: Partial<BalanceConfig>): BalanceConfig {
  const servers = { a: { address: "127.0.0.1:1" } };
  const frontends = { f: { bind: "*:0", routes: [{ backend: "b" }] } };
  const backends = { b: { servers, balance: written } };
  const config = configSchema.parse({ site: "test", balancer: { frontends, backends } });
  const found = config.balancer?.backends.b?.balance;
  if (found === undefined) throw new Error("no backend");
  return found;
}

/**
 * Returns a function that finds the key of a request with the header lines `lines`. The request comes from a trusted
 * proxy at 10.0.0.1 unless `address` is given.
 */
function keys(written: Partial<BalanceConfig>) {
  const keyOf = requestKey(balance(written));
  const trusts = networkMatcher(["10.0.0.0/8"]);
  return (lines: readonly string[], target = "/", address = "10.0.0.1") => {
    const text = [`GET ${target} HTTP/1.1`, "Host: a", ...lines, ""].join("\r\n");
    const head = parseRequestHead(text, DEFAULT_LIMITS);
    if (!(head instanceof RequestHead)) throw new Error(head.message);
    const client: ClientEndpoint = { address, port: 1, trusts, trusted: trusts(address) };
    return keyOf?.(head, client);
  };
}

t.test("source: a client has one key, with and without proxies before the balancer", async (t) => {
  const key = keys({ algorithm: "source" });
  const direct = key([], "/", "203.0.113.7");
  for (const lines of [
    ["X-Forwarded-For: 203.0.113.7"],
    ["X-Forwarded-For: 198.51.100.1, 203.0.113.7"],
    ["X-Forwarded-For: 198.51.100.1", "X-Forwarded-For: 203.0.113.7"],
    ["X-Forwarded-For: 203.0.113.7, 10.0.0.2"],
    ["X-Forwarded-For: 203.0.113.7:4711"],
    ["X-Forwarded-For: ::ffff:203.0.113.7"],
  ])
    t.equal(key(lines), direct, lines.join(" | "));
  const other = key(["X-Forwarded-For: 198.51.100.1, 10.0.0.2"]);
  t.not(other, direct, "another client behind the same second proxy has another key");
  t.equal(
    key(["X-Forwarded-For: unknown"]),
    key([]),
    "an invalid address is replaced by that of the proxy that sent it",
  );
  t.equal(key(["X-Forwarded-For: 203.0.113.7"], "/", "192.0.2.1"), key([], "/", "192.0.2.1"));
});

t.test("header: the members of a list give one key, on one line or on several", async (t) => {
  const key = keys({ algorithm: "header", header: "X-Tenant" });
  const one = key(["X-Tenant: a, b"]);
  for (const lines of [
    ["X-Tenant: a,b"],
    ["X-Tenant: a", "X-Tenant: b"],
    ["x-tenant: a ,, b", "X-Tenant: "],
  ])
    t.equal(key(lines), one, lines.join(" | "));
  t.not(key(["X-Tenant: b", "X-Tenant: a"]), one, "another order is another key");
  t.not(key(["X-Tenant: a"]), one);
  t.equal(key(["X-Other: a"]), undefined);
  t.equal(key(["X-Tenant: "]), undefined);
});

t.test("cookie: it is found on any of several Cookie lines", async (t) => {
  const key = keys({ algorithm: "cookie", cookie: "sid" });
  const one = key(["Cookie: sid=7"]);
  t.not(one, undefined);
  for (const lines of [
    ["Cookie: theme=dark; sid=7"],
    ["Cookie: theme=dark", "Cookie: sid=7"],
    ["Cookie: theme=dark;", "Cookie: lang=de; sid=7"],
  ])
    t.equal(key(lines), one, lines.join(" | "));
  t.equal(key(["Cookie: theme=dark", "Cookie: xsid=7"]), undefined);
});

t.test("uri: two spellings of a path give the same key", async (t) => {
  const key = keys({ algorithm: "uri" });
  t.equal(key([], "//a/%7Eb/./c"), key([], "/a/~b/c"));
  t.not(key([], "/a%2Fb"), key([], "/a/b"));
});
