// The page of an application in the browser answers the paths that the application makes up. Missing files stay
// missing.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { ask, start } from "./support.ts";

const PAGE = "<h1>the application</h1>";

function site(t: Test): string {
  const folder = t.testdir({
    "secret.txt": "secret",
    root: {
      "index.html": PAGE,
      "app.js": "//",
      bare: { "a.txt": "a" },
      docs: { "index.html": "<h1>Docs</h1>" },
    },
  });
  symlinkSync("../secret.txt", join(folder, "root", "out"));
  return join(folder, "root");
}

const location = (root: string, more: object = {}) => ({
  locations: [{ path: "/", root, spa: "/index.html", fingerprint: true, ...more }],
});

t.test("what names a file stays 404, and so does what is refused", async (t) => {
  const { port } = await start(t, location(site(t)));
  const missing = "/gone.js /bare/gone.css /users/gone.0123456789.png /app.js/x.map /a.b/c.d".split(
    " ",
  );
  const refused = "/.env /a/.git/x /%00 /a%2fb /..%5Cx /%ff /a//b%00".split(" ");
  for (const path of [...missing, ...refused]) {
    const { status, fields, body } = await ask(port, path);
    t.equal(status, 404, path);
    t.equal(fields.get("cache-control"), "no-store");
    t.notMatch(body.toString(), "the application");
  }
  t.equal((await ask(port, "/users/7", { "Content-Length": "0" }, "POST")).status, 405);
});

t.test("without its page, paths of the application are 404", async (t) => {
  const root = site(t);
  const { port, pass } = await start(t, location(root));
  t.equal((await ask(port, "/users/7")).status, 200);
  rmSync(join(root, "index.html"));
  pass(2000);
  for (const path of ["/", "/users/7", "/index.html"]) t.equal((await ask(port, path)).status, 404);
  mkdirSync(join(root, "index.html"));
  t.equal((await ask(port, "/users/7")).status, 404, "a folder in the place of the page");
});

t.test("paths of the application get its page, which no cache uses without asking", async (t) => {
  const { port, lines } = await start(t, location(site(t)));
  for (const path of "/ /index.html /users/7 /users/ /a.b/c /bare /bare/ /out /app.js/x /x?y=z.js".split(
    " ",
  ))
    for (const method of ["GET", "HEAD"]) {
      const { status, fields, body } = await ask(port, path, {}, method);
      t.equal(status, 200, `${method} ${path}`);
      t.equal(fields.get("cache-control"), "no-cache");
      t.equal(fields.get("content-type"), "text/html; charset=utf-8");
      t.equal(fields.get("content-length"), String(PAGE.length));
      t.equal(body.toString(), method === "GET" ? PAGE : "");
    }
  t.match(lines[4], / web\/<STATIC> .* 200 .* "GET \/users\/7 HTTP/);
  const tag = (await ask(port, "/users/7")).fields.get("etag") ?? "";
  const again = await ask(port, "/users/8", { "If-None-Match": tag });
  t.equal(again.status, 304, "the copy of one path serves the check of another");
  t.equal((await ask(port, "/docs/")).body.toString(), "<h1>Docs</h1>", "other pages are served");
  t.equal((await ask(port, "/app.js")).fields.get("cache-control"), "public, max-age=300");
});

t.test("a new version of the page is seen", async (t) => {
  const root = site(t);
  const { port, pass } = await start(t, location(root));
  t.equal((await ask(port, "/users/7")).body.toString(), PAGE);
  writeFileSync(join(root, "index.html"), "new");
  pass(2000);
  t.equal((await ask(port, "/users/7")).body.toString(), "new");
});

t.test("the page of a location below a prefix", async (t) => {
  const root = site(t);
  const { port } = await start(t, {
    locations: [{ path: "/app/", root, spa: "/docs/index.html" }],
  });
  t.equal((await ask(port, "/app/users/7")).body.toString(), "<h1>Docs</h1>");
  t.equal((await ask(port, "/users/7")).status, 404);
});
