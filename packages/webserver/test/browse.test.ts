// Listings of folders over real sockets: first the requests that must get none.
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { ask, start } from "./support.ts";

const SECRET = "the-secret.txt";
const HOSTILE = ["<img src=x onerror=alert(1)>.txt", "100% a?b#c;d&e.txt", "line\nbreak", "..b"];

function site(t: Test): string {
  const folder = t.testdir({
    private: { [SECRET]: "" },
    root: {
      [`.${SECRET}`]: "",
      "b.txt": "hello",
      sub: { deeper: { "c.txt": "c" } },
      empty: {},
      page: { "index.html": "<h1>Page</h1>", [SECRET]: "" },
      odd: { "index.html": {}, [SECRET]: "" },
      leaving: { [SECRET]: "" },
      ".git": { [SECRET]: "" },
    },
  });
  const root = join(folder, "root");
  symlinkSync("../private", join(root, "out"));
  symlinkSync("../../private/the-secret.txt", join(root, "leaving", "index.html"));
  symlinkSync("sub", join(root, "within"));
  symlinkSync(".git", join(root, "to-git"));
  symlinkSync(`.${SECRET}`, join(root, "to-hidden"));
  utimesSync(join(root, "b.txt"), 1_700_000_000, 1_700_000_000);
  return root;
}

const location = (root: string, more: object = {}) => ({
  locations: [{ path: "/files/", root, browse: true, ...more }],
});

t.test("no folder outside, hidden or with an index.html is listed", async (t) => {
  const root = site(t);
  const { port } = await start(t, location(root));
  const none = [
    ..."/files/out/ /files/out /files/.git/ /files/%2egit/ /files/gone/ /files/b.txt/".split(" "),
    ..."/files/odd/ /files/odd /files/leaving/ /files/leaving /files/%2e%2e%2fprivate/".split(" "),
    ..."/files/to-git /files/to-git/ /files/to-hidden".split(" "),
    ..."/files/../private/ /files/sub%2fdeeper/ /files/%00/ /files/%ff/ / /files".split(" "),
  ];
  for (const path of none) {
    const { status, body } = await ask(port, path);
    t.equal(status, 404, path);
    t.notOk(body.includes(SECRET));
  }
  t.equal((await ask(port, "/files/page/")).body.toString(), "<h1>Page</h1>");
  t.equal((await ask(port, "/files/", { "Content-Length": "0" }, "POST")).status, 405);
  const top = (await ask(port, "/files/")).body.toString();
  t.notOk(top.includes(SECRET), "hidden files are not named");
  t.notMatch(top, /\.git|>out|>to-/);
});

const skip = process.getuid?.() === 0 && "root may read every folder";

t.test("a folder that may not be read is missing", { skip }, async (t) => {
  const root = site(t);
  chmodSync(join(root, "empty"), 0o300);
  t.teardown(() => chmodSync(join(root, "empty"), 0o700));
  const { port } = await start(t, location(root));
  t.equal((await ask(port, "/files/empty/")).status, 404);
});

t.test("without browse no folder is listed", async (t) => {
  const { port } = await start(t, location(site(t), { browse: false }));
  for (const path of "/files/ /files/sub /files/sub/ /files/empty/".split(" "))
    t.equal((await ask(port, path)).status, 404, path);
});

t.test("every name that is listed can be asked for by its link", async (t) => {
  const root = site(t);
  mkdirSync(join(root, "hostile"));
  for (const name of HOSTILE.slice(0, 3)) writeFileSync(join(root, "hostile", name), name);
  writeFileSync(join(root, "hostile", HOSTILE[3] ?? ""), "hidden");
  mkdirSync(join(root, "hostile", "javascript:alert(1)"));
  const { port } = await start(t, location(root));
  const page = (await ask(port, "/files/hostile/")).body.toString();
  t.notMatch(page, /<img|\.\.b/);
  const links = [...page.matchAll(/href="(\.\/[^"]*)"/g)].map(([, link = ""]) => link);
  t.equal(links.length, 4);
  const bodies: string[] = [];
  for (const link of links) {
    const url = new URL(link, `http://127.0.0.1:${port}/files/hostile/`);
    const { status, body } = await ask(port, url.pathname + url.search);
    t.equal(status, 200, link);
    if (!link.endsWith("/")) bodies.push(body.toString());
  }
  t.same(bodies.sort(), HOSTILE.slice(0, 3).sort());
});

t.test("the page of a folder", async (t) => {
  const { port, lines } = await start(t, location(site(t)));
  const { status, fields, body } = await ask(port, "/files/", { Accept: "text/html,*/*" });
  const page = body.toString();
  t.equal(status, 200);
  t.equal(fields.get("content-type"), "text/html; charset=utf-8");
  t.equal(fields.get("cache-control"), "no-cache");
  t.equal(fields.get("vary"), "Accept");
  t.equal(fields.get("x-content-type-options"), "nosniff");
  t.match(fields.get("content-security-policy"), /default-src 'none'; style-src 'sha256-/);
  t.match(page, /href="\.\/b\.txt"><bdi>b\.txt<\/bdi>.*5 B.*2023-11-14 22:13/);
  t.match(page, /href="\.\/within\/"/, "a link within the root is followed");
  t.notMatch(page, /href="\.\.\/"/, "no link leads above the location");
  t.notMatch(page, /<script/);
  t.match(lines[0], / web\/<STATIC> .* 200 /);
  const head = await ask(port, "/files/", {}, "HEAD");
  t.equal(head.status, 200);
  t.equal(head.body.length, 0);
  t.equal(head.fields.get("content-length"), String(body.length));
  const below = (await ask(port, "/files/sub/deeper/")).body.toString();
  t.match(below, /class="up" href="\.\.\/"/);
  t.match(below, /<h1><a href="\.\.\/\.\.\/"><bdi>\/files\/<\/bdi><\/a><a href="\.\.\/"><bdi>sub</);
  t.match((await ask(port, "/files/empty/")).body.toString(), /This folder is empty/);
});

t.test("a folder's name without its slash leads to the listing", async (t) => {
  const { port } = await start(t, location(site(t)));
  const { status, fields } = await ask(port, "/files/sub?a=b");
  t.equal(status, 308);
  t.equal(fields.get("location"), "/files/sub/?a=b");
});

t.test("the listing as JSON", async (t) => {
  const root = site(t);
  const { port } = await start(t, location(join(root, "sub")));
  const { status, fields, body } = await ask(port, "/files/deeper/", {
    Accept: "application/json",
  });
  t.equal(status, 200);
  t.equal(fields.get("content-type"), "application/json");
  t.equal(fields.get("vary"), "Accept");
  t.match(JSON.parse(body.toString()), {
    path: "/files/deeper/",
    entries: [{ name: "c.txt", type: "file", size: 1, modified: /^2\d{3}-.*Z$/ }],
    more: 0,
    unread: false,
  });
  const top = await ask(port, "/files/", { Accept: "application/json" });
  const { entries } = JSON.parse(top.body.toString());
  t.match(entries, [{ name: "deeper", type: "folder" }]);
  t.notOk("size" in entries[0]);
});

t.test("many requests for one folder at once", async (t) => {
  const { port } = await start(t, location(site(t)));
  const answers = await Promise.all(Array.from({ length: 30 }, () => ask(port, "/files/sub/")));
  for (const { status } of answers) t.equal(status, 200);
  t.equal(new Set(answers.map(({ body }) => body.toString())).size, 1);
});

t.test("with spa, folders are listed and unknown paths get the page", async (t) => {
  const { port } = await start(t, location(site(t), { spa: "/page/index.html" }));
  t.match((await ask(port, "/files/sub/")).body.toString(), /deeper/);
  t.equal((await ask(port, "/files/users/7")).body.toString(), "<h1>Page</h1>");
  t.equal((await ask(port, "/files/gone.txt")).status, 404);
});
