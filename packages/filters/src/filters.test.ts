// Tests what each kind of filter does to a request.
import { DEFAULT_LIMITS, parseRequestHead, RequestHead } from "@tandem/http";
import t from "tap";
import { shout } from "../test/toy/shout.ts";
import { stumble } from "../test/toy/stumble.ts";
import type { FilterContext, Verdict } from "./filter.ts";
import { redirect } from "./redirect.ts";
import { refuseEncoded } from "./refuse-encoded.ts";

function head(target: string, host = "www.foobar.com"): RequestHead {
  const parsed = parseRequestHead(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n`, DEFAULT_LIMITS);
  if (!(parsed instanceof RequestHead)) throw new Error(parsed.message);
  return parsed;
}

const client = { address: "127.0.0.1", port: 1, trusted: false, trusts: () => false } as const;
const context: FilterContext = { frontend: "web", client: { ...client, scheme: "http" } };
const surroundings = { siteHosts: () => (host: string) => host !== "evil" };

t.test("refuseEncoded names the character that may not be encoded in the path", async (t) => {
  const found = (target: string, refused: readonly string[]): Verdict => {
    const verdict = refuseEncoded
      .open([...refused], surroundings)
      ?.request?.(head(target), context);
    return verdict instanceof Promise ? undefined : verdict;
  };
  const strict = ["%00", "%2F", "%5C"];
  t.equal(
    refuseEncoded.open([], surroundings),
    undefined,
    "with no characters to refuse there is no filter",
  );
  t.match(found("/strict/a%2fb", strict), { refuse: "bad-request", cause: /%2F.*refuseEncoded/ });
  t.match(found("/strict/a%5Cb", strict), { cause: /%5C/ });
  t.equal(found("/strict/%252F", strict), undefined, "%25 is an encoded percent sign");
  t.equal(found("/strict/x?back=%2F%00", strict), undefined, "the query is the application's");
  t.equal(found("/a%2Fb", ["%00"]), undefined);
  t.match(found("/a%00.png", ["%00"]), { cause: /%00/ });
});

t.test("redirects keep host, path and query, and name no default port", async (t) => {
  const redirected = (request: RequestHead, port?: number) => {
    const written = { scheme: "https", port, hosts: [], status: 308 } as const;
    const found = redirect.open({ ...written, hosts: [] }, surroundings);
    const verdict = found?.request?.(request, context);
    if (verdict === undefined || !("answer" in verdict)) return verdict;
    t.equal(verdict.answer.status, 308);
    return verdict.answer.fields?.Location;
  };
  t.equal(redirect.open(undefined, surroundings), undefined);
  t.match(redirected(head("/", "evil.:80")), { refuse: "unknown-host" });
  const old = parseRequestHead("GET / HTTP/1.0\r\n", DEFAULT_LIMITS);
  if (old instanceof RequestHead) t.match(redirected(old), { refuse: "bad-request" });
  t.equal(redirected(head("/", "A.b.:80")), "https://a.b/", "without the final dot");
  t.equal(redirected(head("/x?y", "a.b:8080"), 8443), "https://a.b:8443/x?y");
  t.equal(redirected(head("/", "a.b"), 443), "https://a.b/");
  t.equal(redirected(head("/", "[::1]:80")), "https://[::1]/");
  t.equal(redirected(head("//x/%7e%2f?y", "a.b")), "https://a.b//x/%7e%2f?y", "as written");
});

t.test("a filter without configuration is not made", async (t) => {
  for (const toy of [shout, stumble]) t.equal(toy.open(false, surroundings), undefined);
  t.match(shout.open(true, surroundings), { name: "shout" });
});
