// Tests the site as visitors use it, over real sockets, once on SQLite and once on a real MariaDB.
import { join } from "node:path";
import { startMariadb } from "@tandem/appserver/testing";
import sharp from "sharp";
import t from "tap";
import { member, open, PASSWORD, visit } from "./support.ts";

const folder = t.testdir();
const mariadb = await startMariadb(join(folder, "mariadb"));
t.teardown(() => mariadb.stop());
const urls = {
  sqlite: (name: string) => `sqlite:${join(folder, name)}.db`,
  mysql: (name: string) => mariadb.create(name),
};

for (const kind of ["sqlite", "mysql"] as const) {
  t.test(kind, async (t) => {
    const host = await open(t, folder, urls[kind]("site"), { config: { attempts: 1000 } });

    t.test("forms without their token, or with somebody else's, change nothing", async (t) => {
      const ann = await member(t, host, "csrf_ann");
      const ben = await member(t, host, "csrf_ben");
      const text = (await ben.get("/write")).text;
      const foreign = /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? "";
      const fields = { title: "Forged", body: "never" };
      for (const [path, multipart] of [
        ["/write", true],
        ["/write", false],
        ["/settings", false],
        ["/log-out", false],
        ["/posts/1/comments", false],
      ] as const) {
        for (const token of [{}, { _csrf: foreign }, { _csrf: "x" }]) {
          const page = await ann.post(path, { ...fields, about: "x", ...token }, multipart);
          t.equal(page.status, 403, `${path} ${multipart}`);
          t.match(page.text, /This form is too old/);
        }
      }
      t.equal(
        (await visit(t, host).post("/sign-up", { name: "mallory", password: PASSWORD })).status,
        403,
      );
      t.equal((await ann.get("/people/mallory")).status, 404);
      t.equal(
        (await ann.post("/write", fields)).headers["content-type"],
        "text/html; charset=utf-8",
      );
      t.notMatch((await ann.get("/")).text, /Forged/);
    });

    t.test("what people write is shown, never run", async (t) => {
      const eve = await member(t, host, "eve");
      const attack = `"><script>alert(1)</script><img src=x onerror=alert(1)>' http://a.example/?"onx=1 javascript:alert(1)`;
      const post = await eve.submit("/write", "/write", { title: attack, body: attack });
      t.equal(post.status, 200);
      await eve.submit(post.path, `${post.path}/comments`, { body: attack });
      await eve.submit("/settings", "/settings", { about: attack });
      const query = `/search?q=${encodeURIComponent(attack.slice(0, 30))}`;
      for (const path of [
        post.path,
        "/",
        "/people/eve",
        "/settings",
        query,
        `/nowhere/${encodeURIComponent(attack)}`,
      ]) {
        const { text, headers } = await eve.get(path);
        t.notMatch(text, /<script|<img src=x|href="javascript|" ?onx/i, path);
        t.match(`${headers["content-security-policy"]}`, /^default-src 'none'; style-src 'self'/);
      }
      t.match((await eve.get(post.path)).text, /&lt;script&gt;alert\(1\)/);
    });

    t.test("names are taken once, whatever their case; forms keep what was typed", async (t) => {
      await member(t, host, "Frida");
      const other = visit(t, host);
      const taken = await other.submit("/sign-up", "/sign-up", {
        name: "fRIDA",
        password: PASSWORD,
      });
      t.match([taken.status, taken.text], [422, /This name is taken\.[\s\S]*value="fRIDA"/]);
      t.notMatch(taken.text, PASSWORD);
      const race = await Promise.all(
        [1, 2, 3].map(() =>
          visit(t, host).submit("/sign-up", "/sign-up", { name: "racer", password: PASSWORD }),
        ),
      );
      t.strictSame(race.map((page) => page.status).sort(), [200, 422, 422]);
      const bad = await other.submit("/sign-up", "/sign-up", { name: "<b>", password: "short" });
      t.match(
        [bad.status, bad.text],
        [422, /aria-invalid="true"[\s\S]*Use 3 to 24 letters[\s\S]*at least 10 characters/],
      );
      t.match(bad.text, /value="&lt;b&gt;"/);
    });

    t.test(
      "a wrong password, an unknown name and a seeded person are answered alike",
      async (t) => {
        await member(t, host, "gregor");
        const texts = [];
        for (const name of ["gregor", "nobody_there", "Mara"]) {
          const page = await visit(t, host).submit("/log-in", "/log-in", {
            name,
            password: "wrong",
          });
          t.match([page.status, page.text], [422, /do not belong together/]);
          texts.push(page.text.replaceAll(name, "NAME").replace(/_csrf" value="[^"]+/g, ""));
        }
        t.equal(new Set(texts).size, 1);
        const right = await visit(t, host).submit("/log-in?next=//evil.example", "/log-in", {
          name: "GREGOR",
          password: PASSWORD,
        });
        t.match([right.status, right.path, right.text], [200, "/", /Good to see you again/]);
      },
    );

    t.test("logging in makes a new session, logging out ends it", async (t) => {
      const hanna = await member(t, host, "hanna");
      const planted = hanna.cookies.get("__Host-session") ?? "";
      t.match((await hanna.get("/")).text, /Log out/);
      await hanna.submit("/log-in", "/log-in", { name: "hanna", password: PASSWORD });
      const session = hanna.cookies.get("__Host-session") ?? "";
      t.not(session, planted);
      const thief = visit(t, host);
      thief.cookies.set("__Host-session", planted);
      t.match((await thief.get("/")).text, /Sign up/, "the session from before is worth nothing");
      const out = await hanna.submit("/", "/log-out", {});
      t.match(out.text, /You are logged out/);
      t.notOk(hanna.cookies.has("__Host-session"));
      thief.cookies.set("__Host-session", session);
      t.match((await thief.get("/")).text, /Sign up/, "nor is the one that was logged out");
    });

    t.test(
      "pictures: too large, broken and dangerous ones are refused with the text kept",
      async (t) => {
        const ida = await member(t, host, "ida");
        const write = (data: Buffer, body = "kept text") =>
          ida.submit("/write", "/write", {
            title: "Kept title",
            body,
            image: { name: "x.jpg", data },
          });
        const svg = Buffer.from(
          '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
        );
        const bomb = await sharp({
          create: { width: 9000, height: 9000, channels: 3, background: "#fff" },
        })
          .png()
          .toBuffer();
        const jpeg = await sharp({
          create: { width: 60, height: 40, channels: 3, background: "#fa0" },
        })
          .jpeg()
          .toBuffer();
        for (const data of [Buffer.from("no picture"), svg, jpeg.subarray(0, jpeg.length / 2)]) {
          const page = await write(data);
          t.match([page.status, page.text], [422, /not a picture we can read/]);
          t.match(page.text, /value="Kept title"[\s\S]*kept text/);
        }
        const huge = await write(bomb);
        t.match([huge.status, huge.text], [422, /too many pixels[\s\S]*kept text/]);
        const large = await write(Buffer.alloc(8 * 1024 * 1024 + 1));
        t.match([large.status, large.text], [422, /larger than 8.MB[\s\S]*kept text/]);
        const missing = await write(jpeg, "   ");
        t.match(
          [missing.status, missing.text],
          [422, /Please write something[\s\S]*choose the picture again/],
        );
        t.notMatch((await ida.get("/people/ida")).text, /Kept title/);
      },
    );

    t.test("sign up, post with a picture, comment, search, profile, log out", async (t) => {
      const joe = await member(t, host, "joe");
      const photo = await sharp({
        create: { width: 2400, height: 1200, channels: 3, background: "#2a7" },
      })
        .withExif({ IFD0: { Copyright: "secret place" }, IFD3: { GPSLatitude: "51/1" } })
        .withMetadata({ orientation: 6 })
        .jpeg()
        .toBuffer();
      const body =
        "First line\nsecond line\n\nNew paragraph with 🥖 and https://example.com/a?b=1&c=2.";
      const post = await joe.submit("/write", "/write", {
        title: "A 100% good loaf_1",
        body,
        image: { name: "p.jpg", data: photo },
      });
      t.match([post.status, post.path], [200, /^\/posts\/\d+$/]);
      t.match(post.text, /Your post is published/);
      t.match(
        post.text,
        /<p>First line<br>second line<\/p><p>New paragraph with 🥖 and <a href="https:\/\/example.com\/a\?b=1&amp;c=2" rel="nofollow ugc noopener">/,
      );
      t.notMatch((await joe.get(post.path)).text, /Your post is published/, "said once");
      const image = /\/images\/[0-9a-f]{64}\.webp/.exec(post.text)?.[0] ?? "";
      const picture = await visit(t, host).get(image);
      t.match(picture.headers, { "content-type": "image/webp", "cache-control": /immutable/ });
      t.equal(picture.headers["set-cookie"], undefined);
      const { width, height, exif, format } = await sharp(picture.body).metadata();
      t.match({ width, height, format }, { width: 800, height: 1600, format: "webp" });
      t.equal(exif, undefined);
      t.equal((await joe.get(image, { "if-none-match": `${picture.headers.etag}` })).status, 304);
      t.equal((await joe.get("/images/x.webp")).status, 404);
      const commented = await joe.submit(post.path, `${post.path}/comments`, {
        body: "Well done, me",
      });
      t.match(commented.text, /1 comment<[\s\S]*Well done, me/);
      const empty = await joe.submit(post.path, `${post.path}/comments`, { body: " " });
      t.match([empty.status, empty.text], [422, /Please write something first/]);
      t.match((await joe.get("/people/JOE")).text, /1 post<[\s\S]*A 100% good loaf_1/);
      await joe.submit("/settings", "/settings", { about: "I bake." });
      t.match((await joe.get("/people/joe")).text, /I bake\./);
      t.match((await joe.submit("/", "/log-out", {})).text, /You are logged out/);
      const asked = await joe.get("/write");
      t.match(
        [asked.path, asked.text],
        ["/log-in?next=%2Fwrite", /To write a post, please log in/],
      );
      t.match(asked.text, 'href="/sign-up?next=%2Fwrite"');
    });

    t.test("a form that is sent twice is stored once, also at the same moment", async (t) => {
      const nina = await member(t, host, "nina");
      const fill = async (page: string) => {
        const form = (await nina.get(page)).text.split("<form ").find((part) => /nonce/.test(part));
        const hidden = (form ?? "").matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g);
        return Object.fromEntries([...hidden].map(([, name, value]) => [name, value]));
      };
      const write = { ...(await fill("/write")), title: "Only once", body: "b" };
      const posts = await Promise.all([1, 2, 3].map(() => nina.post("/write", write, true)));
      t.equal(new Set(posts.map(({ path }) => path)).size, 1, "all lead to the one post");
      const path = posts[0]?.path ?? "";
      const say = { ...(await fill(path)), body: "said once" };
      for (let i = 0; i < 3; i++) {
        t.equal((await nina.post(`${path}/comments`, say)).text.split("said once").length, 2);
      }
      t.match((await nina.get("/people/nina")).text, /1 post</);
      const ole = await member(t, host, "ole");
      const other = await ole.submit(path, `${path}/comments`, { body: "x", nonce: say.nonce });
      t.match(other.text, /2 comments</, "somebody else's nonce means nothing");
      const bent = await nina.submit(path, `${path}/comments`, { body: "kept", nonce: "<b>" });
      t.match([bent.status, bent.text], [422, /name="nonce" value="[\w-]{22}"[\s\S]*kept/]);
      const again = await nina.submit("/write", "/write", { title: "", body: "b" });
      t.match(again.text, /name="nonce" value="[\w-]{22}"/);
    });

    t.test("a post of one's own can be changed and deleted, another's cannot", async (t) => {
      const [lin, mal] = [await member(t, host, "lin"), await member(t, host, "mal")];
      const data = await sharp({ create: { width: 9, height: 9, channels: 3, background: "#1a2" } })
        .png()
        .toBuffer();
      const fields = { title: "Quixotic draft", body: "first", image: { name: "p.png", data } };
      const first = await lin.submit("/write", "/write", fields);
      const second = await mal.submit("/write", "/write", fields);
      const { path, text } = first;
      const image = /\/images\/\w+\.webp/.exec(text)?.[0] ?? "";
      await mal.submit(path, `${path}/comments`, { body: "nice" });
      t.notMatch((await mal.get(path)).text, /Edit<|Delete</);
      for (const way of ["edit", "delete"]) {
        t.equal((await mal.get(`${path}/${way}`)).status, 404, way);
        t.match((await visit(t, host).get(`${path}/${way}`)).path, /^\/log-in/, way);
        const [, _csrf = ""] =
          /name="_csrf" value="([^"]+)"/.exec((await mal.get(path)).text) ?? [];
        const forged = await mal.post(`${path}/${way}`, { title: "X", body: "X", _csrf });
        t.equal(forged.status, 404, way);
        t.equal((await lin.post(`${path}/${way}`, { title: "X", body: "X" })).status, 403, way);
      }
      const empty = await lin.submit(`${path}/edit`, `${path}/edit`, { title: "", body: "kept" });
      t.match([empty.status, empty.text], [422, /give your post a title[\s\S]*kept/]);
      const changed = await lin.submit(`${path}/edit`, `${path}/edit`, {
        title: "Zephyrous <b>",
        body: "second",
      });
      t.match(changed.text, /Your post is changed[\s\S]*Zephyrous &lt;b&gt;[\s\S]*edited/);
      t.match(changed.text, image, "the picture stays");
      t.match((await lin.get("/search?q=zephyrous")).text, /1 post found/);
      t.match((await lin.get("/search?q=quixotic lin")).text, /Nothing found/);
      t.match((await lin.get(`${path}/delete`)).text, /its picture and 1 comment will be gone/);
      const gone = await lin.submit(`${path}/delete`, `${path}/delete`, {});
      t.match([gone.path, gone.text], ["/people/lin", /Your post is deleted/]);
      t.equal((await lin.get(path)).status, 404);
      t.match((await lin.get("/search?q=zephyrous")).text, /Nothing found/);
      t.equal((await lin.get(image)).status, 200, "another post shows the same picture");
      await mal.submit(`${second.path}/delete`, `${second.path}/delete`, {});
      t.equal((await lin.get(image)).status, 404, "and then none does");
    });

    t.test("search finds words by their beginnings, the same on each engine", async (t) => {
      const kim = await member(t, host, "kim");
      await kim.submit("/write", "/write", {
        title: "Fifty percent",
        body: "50% off! a\\b under_score Grüße",
      });
      const found = async (q: string) => {
        const { text } = await kim.get(`/search?q=${encodeURIComponent(q)}`);
        return Number(/<p class="found">(\d+)/.exec(text)?.[1] ?? 0);
      };
      t.equal(await found("fifty PERCENT"), 1);
      t.equal(await found("50% off!"), 1);
      t.equal(await found("5_%"), 0);
      t.equal(await found("under_score"), 1);
      t.equal(await found("underXscore"), 0);
      t.equal(await found("u%score"), 0);
      t.equal(await found("kim a\\b"), 1);
      t.equal(await found("Grüße"), 1);
      t.equal(await found("kim percent"), 1);
      t.equal(await found("' or 1=1 --"), 0);
      t.equal(await found("perc fif"), 1, "beginnings");
      t.equal(await found("ercent"), 0, "and nothing else");
      t.equal(await found("grusse"), 0, "ß is a letter of its own");
      t.equal(await found("gruße GRÜßE"), 1, "accents and case do not matter");
      t.equal(await found('+"x* -off (b) ~<>@'), 0, "no operator gets through");
      t.equal(await found('"off" NEAR(b)'), 0);
      t.equal(await found("kim off !!"), 1);
      await kim.submit("/write", "/write", {
        title: "The with of",
        body: "日本語のテスト a to it",
      });
      t.equal(await found("kim the with of"), 1, "words that MySQL leaves out");
      t.equal(await found("本語"), 1, "scripts without spaces");
      t.equal(await found("t"), 0, "a letter is a word, not a beginning");
      t.equal(await found("kim it a"), 1);
      t.match((await kim.get("/search?q=zzzz")).text, /Nothing found/);
      t.equal((await kim.get("/search")).status, 200);
    });
  });
}

t.test("while MariaDB is away pages say so kindly; afterwards all is well", async (t) => {
  const host = await open(t, folder, urls.mysql("outage"));
  const browser = visit(t, host);
  const { text } = await browser.get("/");
  const image = /\/images\/[0-9a-f]{64}\.webp/.exec(text)?.[0] ?? "";
  await mariadb.stop();
  const away = await browser.get("/");
  t.match([away.status, away.text, away.headers["retry-after"]], [503, /Back in a moment/, "5"]);
  t.match((await browser.get(image)).status, 503);
  t.equal((await browser.get("/log-in")).status, 200);
  await mariadb.start();
  t.equal((await browser.get("/")).status, 200);
});
