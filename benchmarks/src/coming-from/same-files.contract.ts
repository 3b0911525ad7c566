// Static files: what the original and Tandem's webserver must do alike.
import type { Test } from "tap";
import type { BothSites } from "./both-sites.ts";
import { type Asked, ask } from "./site-client.ts";

const REQUESTS: readonly (readonly [path: string, asked: Asked])[] = [
  ["/assets/site.css", {}],
  ["/assets/site.css?v=2", {}],
  ["/assets/site.css", { method: "HEAD" }],
  ["/assets/site.css", { headers: { range: "bytes=0-3" } }],
  ["/assets/site.css", { headers: { range: "bytes=9999-" } }],
  ["/assets/deep/", {}],
  ["/assets/none.css", {}],
  ["/assets/deep/../site.css", {}],
];

export async function sameFiles(t: Test, { theirs, ours }: BothSites): Promise<void> {
  for (const [path, asked] of REQUESTS) {
    const what = `${asked.method ?? "GET"} ${path} ${asked.headers?.range ?? ""}`;
    const [expected, found] = await Promise.all(
      [theirs, ours].map((site) => ask(site, path, asked)),
    );
    if (expected === undefined || found === undefined) throw new Error("unreachable");
    t.equal(found.status, expected.status, what);
    if (expected.status >= 300) continue;
    t.equal(found.body, expected.body, what);
    for (const name of ["cache-control", "content-length", "content-range"])
      t.equal(found.headers[name], expected.headers[name], `${what}: ${name}`);
    const [type] = (expected.headers["content-type"] ?? "").split(";");
    t.match(found.headers["content-type"], type, what);
  }
}

/** A file that the browser has already is answered 304, by its tag and by its date. */
export async function sameRevalidation(t: Test, { both }: BothSites): Promise<void> {
  for (const site of both) {
    const { headers } = await ask(site, "/assets/site.css");
    const known: Record<string, string>[] = [
      { "if-none-match": String(headers.etag) },
      { "if-modified-since": String(headers["last-modified"]) },
    ];
    for (const condition of known)
      t.equal((await ask(site, "/assets/site.css", { headers: condition })).status, 304);
  }
}
