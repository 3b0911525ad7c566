import type { FrontendConfig } from "@tandem/config";
import { DEFAULT_LIMITS, parseRequestHead, RequestHead } from "@tandem/http";
import t from "tap";
import { Router } from "./router.ts";

function head(target: string, host = "www.foobar.com"): RequestHead {
  const parsed = parseRequestHead(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n`, DEFAULT_LIMITS);
  if (!(parsed instanceof RequestHead)) throw new Error(parsed.message);
  return parsed;
}

/** Makes a router in which the name of each backend stands for the backend. */
function routed(...routes: readonly Pick<FrontendConfig["routes"][number], "match" | "backend">[]) {
  return new Router(
    routes,
    (name) => name,
    () => undefined,
  );
}

const router = routed(
  { match: { host: "api.foobar.com" }, backend: "api" },
  { match: { host: "*.foobar.com", path: "/live/*" }, backend: "live" },
  { match: { path: "/exact" }, backend: "exact" },
  { match: { host: "www.foobar.com" }, backend: "web" },
);

t.test("the first route that matches wins", async (t) => {
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ["/", "www.foobar.com", "web"],
    ["/", "WWW.FooBar.com:8443", "web"],
    ["/live/1", "api.foobar.com", "api"],
    ["/", "api.foobar.com.", "api"],
    ["/", "API.foobar.com.:8443", "api"],
    ["/", "%61pi.foobar%2Ecom", "api"],
    ["http://api.foobar.com./", "other", "api"],
    ["/live/1", "x.foobar.com.", "live"],
    ["/live/1", "a.x.foobar.com.:80", "live"],
    ["//live//1", "www.foobar.com", "live"],
    ["/%6Cive/1", "www.foobar.com", "live"],
    ["/live/1?x", "www.foobar.com", "live"],
    ["/live", "www.foobar.com", "web"],
    ["/live/1", "foobar.com", undefined],
    ["/exact?query", "other", "exact"],
    ["/exact/not", "other", undefined],
    ["/a/../exact", "other", "exact"],
    ["/%65xact", "other", "exact"],
  ];
  for (const [target, host, backend] of cases) {
    t.equal(router.route(head(target, host))?.backend, backend, `${host}${target}`);
  }
});

t.test("the host of a rule may end with a dot", async (t) => {
  const router = routed(
    { match: { host: "api.test." }, backend: "api" },
    { match: { host: "*.deep.test." }, backend: "deep" },
  );
  t.equal(router.route(head("/", "api.test"))?.backend, "api");
  t.equal(router.route(head("/", "x.deep.test."))?.backend, "deep");
  t.equal(router.route(head("/", "deep.test.")), undefined);
});

t.test("an unknown backend is refused when routes are compiled", async (t) => {
  t.throws(
    () =>
      new Router(
        [{ backend: "wbe" }],
        () => undefined,
        () => undefined,
      ),
    /unknown backend "wbe"/,
  );
});

t.test("when the first route matches everything, later routes do not count", async (t) => {
  const router = routed({ backend: "all" }, { match: { path: "/exact" }, backend: "exact" });
  for (const target of ["/", "/exact", "/any?query"])
    t.equal(router.route(head(target))?.backend, "all", target);
});
