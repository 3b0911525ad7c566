// Tests the site in unusual situations, on SQLite: limits, another box, a missing session store, a bug in the site.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Worker } from "node:worker_threads";
import { eventually, startRedis } from "@tandem/appserver/testing";
import sharp from "sharp";
import t from "tap";
import type { Browser } from "./browser.ts";
import { member, open, PASSWORD, visit } from "./support.ts";

const folder = t.testdir();
const fresh = (name: string) => `sqlite:${join(folder, name)}.db`;

t.test("pages follow each other without loss, and nothing lies beyond the last", async (t) => {
  const browser = visit(t, await open(t, folder, fresh("pages")));
  const titles = (text: string) =>
    [...text.matchAll(/class="cover" href="\/posts\/(\d+)"/g)].map((m) => m[1]);
  const link = (text: string, rel: string) =>
    new RegExp(`href="([^"]+)" rel="${rel}"`).exec(text)?.[1] ?? "";
  const first = await browser.get("/");
  t.strictSame(titles(first.text), ["8", "7", "6", "5", "4", "3", "2"]);
  t.equal(link(first.text, "prev"), "");
  const second = await browser.get(link(first.text, "next"));
  t.strictSame(titles(second.text), ["1"]);
  t.equal(link(second.text, "next"), "");
  const back = await browser.get(link(second.text, "prev"));
  t.strictSame(titles(back.text), titles(first.text), "the way back ends at a full first page");
  for (const path of [
    "/?before=1-1",
    "/posts/99",
    "/posts/abc",
    "/posts/99999999999",
    "/people/none",
    "/x",
  ]) {
    const page = await browser.get(path);
    t.match([page.status, page.text], [404, /There is nothing here/], path);
  }
  for (const query of ["before=x", "after=9", "before=1-2-3", "before=1&before=2", "page=2"])
    t.strictSame(titles((await browser.get(`/?${query}`)).text), titles(first.text), query);
  t.strictSame([...browser.cookies.keys()], [], "reading sets no cookie");
});

t.test(
  "every page says where it was made, may not be framed, and names its files by content",
  async (t) => {
    const host = await open(t, folder, fresh("headers"));
    const page = await visit(t, host).get("/");
    const by = page.headers["x-served-by"];
    t.match(by, /^box1\/app\/\d+$/);
    t.match(page.text, `<code>${by}</code>`);
    t.match(page.text, /\/assets\/site\.[0-9a-f]{10}\.css/);
    t.match(page.headers, {
      "content-security-policy": /frame-ancestors 'none'/,
      "strict-transport-security": /^max-age=/,
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
    });
    for (const elsewhere of [{ "x-forwarded-proto": "http" }, { "x-forwarded-port": "8443" }]) {
      const { headers } = await visit(t, host).get("/", elsewhere);
      t.equal(headers["strict-transport-security"], undefined, JSON.stringify(elsewhere));
    }
    await t.rejects(
      open(t, folder, fresh("none"), { config: { assets: "/nowhere" } }),
      /appserver\.config\.assets: cannot read the folder \/nowhere \(ENOENT\)/,
    );
    await t.rejects(
      open(t, folder, fresh("none"), { config: { asets: "x" } }),
      /appserver\.config/,
    );
  },
);

t.test("guessing is slowed down by address, with a page that says when to come back", async (t) => {
  const host = await open(t, folder, fresh("limits"), { config: { attempts: 3 } });
  const guess = (browser: Browser) =>
    browser.submit("/log-in", "/log-in", { name: "Mara", password: "x" });
  const [one, other] = [visit(t, host, "192.0.2.10"), visit(t, host, "192.0.2.11")];
  for (let i = 0; i < 3; i++) t.equal((await guess(one)).status, 422);
  const refused = await guess(one);
  t.match([refused.status, refused.text], [429, /A little slower/]);
  t.match(refused.headers["retry-after"], /^\d+$/);
  t.equal((await guess(other)).status, 422);
  const huge = await other.send("POST", "/log-in", Buffer.alloc(11 * 1024 * 1024), {
    "content-type": "application/x-www-form-urlencoded",
  });
  t.match([huge.status, huge.text], [413, /That is too much/]);
  t.equal(
    (await other.send("POST", "/log-in", Buffer.from("{}"), { "content-type": "application/json" }))
      .status,
    415,
  );
});

t.test("two boxes with one database and one secret are one site", async (t) => {
  const url = fresh("shared");
  const [one, two] = [await open(t, folder, url), await open(t, folder, url)];
  const lea = await member(t, one, "lea");
  const data = await sharp({ create: { width: 8, height: 8, channels: 3, background: "#123" } })
    .png()
    .toBuffer();
  const image = { name: "x.png", data };
  const { path, text } = await lea.submit("/write", "/write", { title: "T", body: "B", image });
  const other = visit(t, two);
  for (const [name, value] of lea.cookies) other.cookies.set(name, value);
  t.match((await other.get("/")).text, /Log out/);
  t.equal((await other.get(/\/images\/\w+\.webp/.exec(text)?.[0] ?? "")).status, 200);
  const commented = await other.submit(path, `${path}/comments`, { body: "from the other box" });
  t.equal(commented.status, 200, "a form token of one box is good on the other");
  t.match((await lea.get(path)).text, /from the other box/);
  const older = /href="([^"]+)" rel="next"/.exec((await lea.get("/")).text)?.[1] ?? "";
  const cards = (await lea.get(older)).text.match(/class="cover"/g);
  t.equal(cards?.length, 2, "eight posts of the seed, which ran once, and one");
});

t.test(
  "without the session store visitors read on, and a log-in says that it must wait",
  async (t) => {
    const redis = await startRedis();
    t.teardown(() => redis.stop());
    const sessions = { store: "redis", redis: { url: redis.url } } as const;
    const host = await open(t, folder, fresh("redis"), { sessions });
    const max = visit(t, host);
    await eventually("redis", async () => {
      const page = await max.submit("/sign-up", "/sign-up", { name: "max", password: PASSWORD });
      return page.status !== 503;
    });
    await max.submit("/log-in", "/log-in", { name: "max", password: PASSWORD });
    t.match((await max.get("/")).text, /Log out/);
    const { text } = await max.get("/posts/1");
    const [, _csrf = ""] = /name="_csrf" value="([^"]+)"/.exec(text) ?? [];
    await redis.stop();
    const read = await max.get("/");
    t.match([read.status, read.text], [200, /Logging in works again shortly/]);
    t.notMatch(read.text, /Sign up|Log out/, "who it is, is not known");
    t.match((await max.get("/posts/1")).text, /Comments can be written again shortly/);
    t.match((await visit(t, host).get("/")).text, /Sign up/, "a stranger is one");
    const comment = await max.post("/posts/1/comments", { body: "typed for long", _csrf });
    t.equal(comment.status, 503, "not the way to the log-in");
    t.match(comment.text, /<textarea[^>]*>\ntyped for long<[\s\S]*Send it again/);
    t.match(comment.text, `name="_csrf" value="${_csrf}"`);
    t.equal((await max.get("/write")).status, 503);
    const refused = await max.submit("/log-in", "/log-in", { name: "max", password: PASSWORD });
    t.match([refused.status, refused.text], [503, /Back in a moment/]);
    t.equal(refused.headers["retry-after"], "5");
    t.ok(max.cookies.has("__Host-session"), "the cookie outlives the outage");
  },
);

t.test("what somebody typed is shown again, whatever came between", async (t) => {
  const url = fresh("typed");
  const host = await open(t, folder, url, { config: { attempts: 2 } });
  const nia = await member(t, host, "nia");
  const field = (text: string, name: string) =>
    new RegExp(`name="${name}" value="([^"]+)"`).exec(text)?.[1] ?? "";
  const { text } = await nia.get("/write");
  const post = { title: "A <title>", body: "typed & long", nonce: field(text, "nonce") };
  const form = { ...post, _csrf: field(text, "_csrf") };
  const shown = /value="A &lt;title&gt;"[\s\S]*\ntyped &amp; long</;

  const session = nia.cookies.get("__Host-session") ?? "";
  nia.cookies.delete("__Host-session");
  const out = await nia.post("/write", form, true);
  t.match([out.status, out.text], [401, shown]);
  t.match(out.text, /You are not logged in[\s\S]*action="\/write" enctype="multipart/);
  const forged = await nia.post("/write", { ...form, _csrf: "x" }, true);
  t.notMatch(forged.text, /<script/);
  nia.cookies.set("__Host-session", session);

  const old = await nia.post("/write", { ...form, _csrf: "x" }, true);
  t.match([old.status, old.text], [403, shown]);
  t.notMatch(old.text, /Send it again/, "not with a token that somebody else may have put there");

  const database = new DatabaseSync(url.slice("sqlite:".length));
  database.exec("create trigger full before insert on post begin select raise(abort, 'x'); end");
  const full = await nia.post("/write", form, true);
  t.match([full.status, full.text], [500, shown]);
  database.exec("drop trigger full");
  database.close();
  const again = { ...post, nonce: field(full.text, "nonce"), _csrf: field(full.text, "_csrf") };
  t.match(await nia.post("/write", again, true), { status: 200, path: /^\/posts\/\d+$/ });
  const limited = [1, 2, 3, 4, 5, 6, 7].map(() => nia.post("/write", form, true));
  const last = (await Promise.all(limited)).find(({ status }) => status === 429);
  t.match(last?.text, shown, "also by who is too quick");
});

t.test(
  "a fault of ours is written down, and the visitor is told no more than its number",
  async (t) => {
    const url = fresh("broken");
    const host = await open(t, folder, url);
    const database = new DatabaseSync(url.slice("sqlite:".length));
    database.exec("drop table comment");
    database.close();
    const page = await visit(t, host).get("/posts/1", { "x-request-id": "fault-7" });
    t.match([page.status, page.text], [500, /Something broke here[\s\S]*<code>fault-7<\/code>/]);
    t.notMatch(page.text, /comment|sqlite/i);
    t.match(host.logged.join(), /request failed/);
  },
);

t.test(
  "a fault in finding out who is asking is a fault, and no rest of the database",
  async (t) => {
    const url = fresh("nameless");
    const host = await open(t, folder, url);
    const ida = await member(t, host, "ida");
    const database = new DatabaseSync(url.slice("sqlite:".length));
    database.exec("alter table person rename column about to story");
    database.close();
    const page = await ida.get("/write");
    t.match([page.status, page.text], [500, /Something broke here/]);
    t.notMatch(page.text, /Logging in works again shortly/);
    t.match(host.logged.join(), /request failed/);
  },
);

t.test("a form that cannot be read is the sender's fault", async (t) => {
  const host = await open(t, folder, fresh("forms"));
  const mia = await member(t, host, "mia");
  const part = '--b\r\ncontent-disposition: form-data; name="title"\r\n\r\nx\r\n';
  for (const [type, body] of [
    ["multipart/form-data", part],
    ["multipart/form-data; boundary=b", ""],
    ["multipart/form-data; boundary=b", "nothing of the kind"],
    ["multipart/form-data; boundary=b", part],
    ["multipart/form-data; boundary=b", part.slice(0, 30)],
    ["multipart/form-data; boundary=b", "--b\r\nno header at all\r\n\r\nx\r\n--b--\r\n"],
    ["multipart/form-data; boundary=b", `${part.replace("form-data", "nothing")}--b--\r\n`],
  ] as const) {
    const page = await mia.send("POST", "/write", Buffer.from(body), { "content-type": type });
    t.ok([400, 403].includes(page.status), `${page.status} ${JSON.stringify(body.slice(0, 30))}`);
  }
  t.notMatch(host.logged.join(), /request failed/);
});

t.test(
  "when nobody knows whether it was stored the visitor is told so, and may repeat it",
  async (t) => {
    let dying = false;
    const spoil = (message: unknown) => {
      const { worker } = message as { worker: Worker };
      const post = worker.postMessage.bind(worker);
      worker.postMessage = (question: { sql?: string }) => {
        if (dying && /^insert into "comment"/.test(question.sql ?? "")) void worker.terminate();
        else post(question);
      };
    };
    subscribe("worker_threads", spoil);
    t.teardown(() => unsubscribe("worker_threads", spoil));
    const host = await open(t, folder, fresh("unknown"));
    const oda = await member(t, host, "oda");
    dying = true;
    const nonce = "n".repeat(22);
    const say = () => oda.submit("/posts/1", "/posts/1/comments", { body: "once only", nonce });
    const page = await say();
    t.match([page.status, page.text], [503, /We cannot tell whether that worked/]);
    t.equal(page.headers["retry-after"], undefined);
    dying = false;
    await say();
    t.equal((await say()).text.split("once only").length, 2);
  },
);
