// A redirect leads only to names of the site, whatever name the request's Host has.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createAuthority, issue } from "@tandem/cluster";
import { parseConfig } from "@tandem/config";
import t, { type Test } from "tap";
import { redirectHosts } from "../src/frontend/redirect-hosts.ts";
import { givenBalancer, roundTrip, statusOf } from "./given.ts";

async function certificate(t: Test, names: readonly string[]) {
  const now = Date.now();
  const authority = await createAuthority("foobar.com", now);
  const pair = await issue(authority, { name: "site", names: [...names], use: "site" }, now);
  const folder = t.testdir();
  const files = { cert: join(folder, "site.crt"), key: join(folder, "site.key") };
  writeFileSync(files.cert, pair.cert);
  writeFileSync(files.key, pair.key);
  return files;
}

t.test(
  "the names of a site are its own and those of its routes, certificates and settings",
  async (t) => {
    const files = await certificate(t, ["shop.example", "*.cdn.example", "localhost", "::1"]);
    const https = {
      bind: "*:8443",
      tls: { certificates: [files] },
      routes: [
        { match: { host: "api.foobar.com" }, backend: "web" },
        { match: { host: "*.live.foobar.com" }, backend: "web" },
        { match: { host: "*" }, backend: "web" },
      ],
    };
    const redirect = { scheme: "https", port: 8443, hosts: ["old.example", "*.old.example"] };
    const frontends = { http: { bind: "*:8080", redirect }, https };
    const backends = { web: { servers: { a: { address: "127.0.0.1:1" } } } };
    const text = JSON.stringify({ site: "www.foobar.com", balancer: { frontends, backends } });
    const { balancer } = parseConfig(text, "test.yaml");
    const known = balancer?.frontends.http?.redirect?.hosts ?? [];
    t.same(known, ["www.foobar.com", "old.example", "*.old.example"]);
    const knows = redirectHosts(known, balancer?.frontends ?? {});
    for (const host of [
      ...[
        "www.foobar.com",
        "api.foobar.com",
        "a.b.live.foobar.com",
        "old.example",
        "a.old.example",
      ],
      ...["shop.example", "img.cdn.example", "localhost", "[::1]", "[0:0::1]"],
    ])
      t.ok(knows(host), host);
    for (const host of [
      ...["evil.example", "foobar.com", "live.foobar.com", "a.b.cdn.example", "cdn.example"],
      ...["www.foobar.com.evil.example", "203.0.113.7", "127.0.0.1", "[::2]"],
    ])
      t.notOk(knows(host), host);
    t.ok(redirectHosts(["*"], {})("evil.example"), "every host is allowed if so configured");
    writeFileSync(files.cert, "none");
    t.notOk(
      redirectHosts([], balancer?.frontends ?? {})("shop.example"),
      "the listener refuses the certificate",
    );
  },
);

t.test(
  "known hosts are redirected, others get 421, and no answer repeats an unknown host",
  async (t) => {
    const redirect = { scheme: "https" as const, port: 8443, hosts: ["www.foobar.com"] };
    await using balancer = await givenBalancer([1], {}, { redirect, routes: [] });
    const ask = (target: string, host: string) =>
      roundTrip(
        balancer.port,
        `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
    for (const host of ["www.foobar.com", "WWW.FOOBAR.COM.:80", "%77ww.foobar.com:8080"]) {
      const answer = await ask("//a/%7e?b=//", host);
      t.match(answer, "\r\nLocation: https://www.foobar.com:8443//a/%7e?b=//\r\n", host);
    }
    const absolute = await ask("http://www.foobar.com/x", "evil.example");
    t.match(
      absolute,
      "\r\nLocation: https://www.foobar.com:8443/x\r\n",
      "the target's host counts",
    );
    const refused = [
      await ask("/", "evil.example"),
      await ask("/", "www.foobar.com.evil.example"),
      await ask("http://evil.example/", "www.foobar.com"),
      await ask("/", "127.0.0.1"),
    ];
    for (const answer of refused) {
      t.equal(statusOf(answer), 421);
      t.match(answer, /Proxy-Status: tandem-test-[0-9a-f]{6}; error=destination_not_found/);
      t.notMatch(answer, /evil|Location/i);
    }
    t.equal(statusOf(await roundTrip(balancer.port, "GET / HTTP/1.0\r\n\r\n")), 400);
    t.match((await balancer.log(9))[4], /421.*PR--.*cause=".*redirect\.hosts"/);
  },
);
