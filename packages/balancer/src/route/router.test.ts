import { DEFAULT_LIMITS, parseRequestHead, RequestHead } from "@tandem/http";
import t from "tap";
import { redirectLocation } from "../frontend/redirect.ts";
import { Router, withoutPort } from "./router.ts";

function head(target: string, host = "www.foobar.com"): RequestHead {
  const parsed = parseRequestHead(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n`, DEFAULT_LIMITS);
  if (!(parsed instanceof RequestHead)) throw new Error(parsed.message);
  return parsed;
}

const router = new Router(
  [
    { match: { host: "api.foobar.com" }, backend: "api" },
    { match: { host: "*.foobar.com", path: "/live/*" }, backend: "live" },
    { match: { path: "/exact" }, backend: "exact" },
    { match: { host: "www.foobar.com" }, backend: "web" },
  ],
  (name) => name,
);

t.test("the first route that matches wins", async (t) => {
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ["/", "www.foobar.com", "web"],
    ["/", "WWW.FooBar.com:8443", "web"],
    ["/live/1", "api.foobar.com", "api"],
    ["/live/1?x", "www.foobar.com", "live"],
    ["/live", "www.foobar.com", "web"],
    ["/live/1", "foobar.com", undefined],
    ["/exact?query", "other", "exact"],
    ["/exact/not", "other", undefined],
    ["/a/../exact", "other", "exact"],
    ["/%65xact", "other", "exact"],
  ];
  for (const [target, host, backend] of cases) {
    t.equal(router.route(head(target, host)), backend, `${host}${target}`);
  }
});

t.test("an unknown backend is refused when routes are compiled", async (t) => {
  t.throws(() => new Router([{ backend: "wbe" }], () => undefined), /unknown backend "wbe"/);
});

t.test("redirects keep host, path and query, and name a port only when they must", async (t) => {
  const to = (port?: number) => ({ scheme: "https", port, status: 308 }) as const;
  t.equal(redirectLocation(head("/x?y", "a.b:8080"), to(8443)), "https://a.b:8443/x?y");
  t.equal(redirectLocation(head("/", "a.b"), to(443)), "https://a.b/");
  t.equal(redirectLocation(head("/", "[::1]:80"), to()), "https://[::1]/");
  t.equal(withoutPort("[::1]"), "[::1]");
});

t.test("a first route for everything is the only one that counts", async (t) => {
  const routes = [{ backend: "all" }, { match: { path: "/exact" }, backend: "exact" }];
  const router = new Router(routes, (name) => name);
  for (const target of ["/", "/exact", "/any?query"])
    t.equal(router.route(head(target)), "all", target);
});
