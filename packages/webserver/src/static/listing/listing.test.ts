// The parts of a listing that need no request: hostile names, sizes, the choice between HTML and JSON, and the bounds
// on the work for a large folder.
import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { Fields } from "@tandem/http";
import t from "tap";
import { prefersJson } from "./accept.ts";
import { listingPage } from "./page.ts";
import { type Listing, readFolder } from "./read-folder.ts";
import { counted, linkTo, shownName, shownSize, shownTime } from "./words.ts";

t.test("names are escaped, and what would not be seen is made visible", async (t) => {
  const cases: Readonly<Record<string, string>> = {
    "<script>alert(1)</script>": "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\"'&": "&quot;&#39;&amp;",
    "a\nb\u001b[2J\u007f\u0085": "a\ufffdb\ufffd[2J\ufffd\ufffd",
    "exe.\u202egpj": "exe.\ufffdgpj",
    "zero\u200bwidth\u2028": "zero\ufffdwidth\ufffd",
    "ä 日本  🐈": "ä 日本  🐈",
  };
  for (const [name, shown] of Object.entries(cases)) t.equal(shownName(name), shown);
});

t.test("a link leads to the name, whatever the name looks like", async (t) => {
  const base = "http://test/files/";
  for (const name of [
    ..."javascript:alert(1) //evil.test ?a=b#c 100% %2e%2e a%2Fb ;'\"<> + &amp;".split(" "),
    "a b\n\u202e ä",
  ]) {
    const url = new URL(linkTo(name, false), base);
    t.equal(url.host, "test", name);
    t.equal(decodeURIComponent(url.pathname), `/files/${name}`);
    t.equal(`${url.search}${url.hash}`, "");
    t.notMatch(linkTo(name, true), /["'<>&\s]/);
  }
  t.equal(linkTo("docs", true), "./docs/");
});

t.test("sizes, times and counts", async (t) => {
  const sizes: Readonly<Record<number, string>> = {
    0: "0 B",
    1023: "1023 B",
    1024: "1.0 KiB",
    10188: "9.9 KiB",
    10200: "10 KiB",
    1048575: "1.0 MiB",
    5e9: "4.7 GiB",
    9e15: "8.0 PiB",
  };
  for (const [bytes, shown] of Object.entries(sizes)) t.equal(shownSize(Number(bytes)), shown);
  t.equal(shownTime(Date.UTC(2026, 0, 2, 3, 4, 59)), "2026-01-02 03:04");
  t.equal(counted(1, "file"), "1 file");
  t.equal(counted(1200, "file"), "1,200 files");
});

t.test("JSON is for clients that name it before HTML", async (t) => {
  const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
  const cases: readonly [string | undefined, boolean][] = [
    [undefined, false],
    [browser, false],
    ["*/*", false],
    ["application/*", false],
    ["application/json", true],
    ["Application/JSON; Q=0.5", true],
    ["application/json, text/plain, */*", true],
    ["application/json;q=0", false],
    ["application/json;q=nonsense", false],
    ["text/html;q=0.5, application/json", true],
    ["text/html, application/json", false],
    ["application/json;q=0.5, text/html;q=0.9", false],
    ["application/jsonx", false],
    [",;,", false],
  ];
  for (const [accept, json] of cases) {
    const fields = new Fields();
    if (accept !== undefined) fields.add("Accept", accept);
    t.equal(prefersJson(fields), json, accept ?? "no field");
  }
});

const names = ({ entries }: Listing) => entries.map(({ name }) => name);

t.test("only what a request can get is listed, folders first", async (t) => {
  const folder = t.testdir({
    "secret.txt": "secret",
    private: { "secret.txt": "secret" },
    root: {
      ".env": "secret",
      ".git": {},
      "a\\b": "",
      "photo10.png": "",
      "photo2.png": "12345",
      Zoo: {},
      attic: {},
    },
  });
  const root = join(folder, "root");
  const links = {
    "to-out": "../secret.txt",
    "to-out-folder": "../private",
    "to-nothing": "nothing",
    "to-itself": "to-itself",
    "to-fifo": "fifo",
    "to-photo": "photo2.png",
    "to-zoo": "Zoo",
    "to-env": ".env",
    "to-git": ".git",
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, name));
  execFileSync("mkfifo", [join(root, "fifo")]);
  const listing = await readFolder(root, "");
  if (typeof listing === "string") return t.fail(listing);
  t.same(names(listing), ["attic", "to-zoo", "Zoo", "photo2.png", "photo10.png", "to-photo"]);
  t.match(listing, { more: 0, unread: false });
  t.match(
    listing.entries.find(({ name }) => name === "to-photo"),
    { folder: false, size: 5 },
    "a link is described as what it leads to",
  );
  t.equal(await readFolder(root, "to-out-folder/"), "a link that leaves the folder");
  t.equal(await readFolder(root, "to-git/"), "a link to a hidden file");
  t.equal(await readFolder(root, "nothing/"), "ENOENT");
  t.equal(await readFolder(root, "photo2.png/"), "ENOTDIR");
});

t.test("a large folder is cut, and the page says so", async (t) => {
  const files = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`f${at}`, ""]));
  const root = t.testdir({ ...files, z: {} });
  const place = { prefix: "/", name: "" };
  const cut = await readFolder(root, "", { shown: 10, read: 100 });
  if (typeof cut === "string") return t.fail(cut);
  t.match(cut, { more: 21, unread: false });
  t.equal(names(cut)[0], "z", "folders are shown before files are");
  t.equal(cut.entries.length, 10);
  t.match(String(listingPage(place, cut)), /1 folder, 9 files, and 21 more entries that are not/);
  const unread = await readFolder(root, "", { shown: 10, read: 20 });
  if (typeof unread === "string") return t.fail(unread);
  t.match(unread, { more: 10, unread: true });
  t.match(String(listingPage(place, unread)), /and at least 10 more entries that are not shown/);
});
