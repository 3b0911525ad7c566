// Tests the site's small parts one by one: templates, passwords, texts, forms, names of files, pictures.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { fastifyMultipart } from "@fastify/multipart";
import { fastify } from "fastify";
import sharp from "sharp";
import t from "tap";
import { readAssets } from "../app/assets.ts";
import { check, postForm, signUpForm } from "../app/forms.ts";
import { html } from "../app/html.ts";
import { hashPassword, verifyPassword } from "../app/password.ts";
import { PictureReader } from "../app/pictures/reader.ts";
import { draw } from "../app/seed/drawings.ts";
import { excerpt, moment, opening, paragraphs } from "../app/text.ts";
import { readUpload, UPLOAD_LIMITS } from "../app/upload.ts";
import { safePath } from "../app/visitor.ts";

t.test("a template escapes text, however it got there, and leaves templates alone", async (t) => {
  const nasty = `<a href="x" title='y'>&`;
  const safe = "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;";
  t.equal(`${html`<p>!${nasty}</p>`}`, `<p>!${safe}</p>`);
  t.equal(
    `${html`${[nasty, html`<b>${nasty}</b>`, [1, undefined, false]]}`}`,
    `${safe}<b>${safe}</b>1`,
  );
});

t.test("passwords", async (t) => {
  const stored = await hashPassword("geheim Grüße");
  t.match(stored, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  t.not(await hashPassword("geheim Grüße"), stored, "salted");
  t.equal(await verifyPassword("geheim Grüße", stored), true);
  t.equal(
    await verifyPassword("geheim Grüße".normalize("NFD"), stored),
    true,
    "composed differently",
  );
  t.equal(await verifyPassword("geheim Grusse", stored), false);
  for (const broken of [
    "",
    "x",
    "$argon2id$v=19$m=9999999999,t=1,p=1$AA$AA",
    stored.slice(0, -30),
  ]) {
    t.equal(await verifyPassword("geheim Grüße", broken), false, `stored: ${broken}`);
  }
  // This hash is taken from the tests of the reference implementation (P-H-C/phc-winner-argon2, src/test.c).
  const reference =
    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
  t.equal(await verifyPassword("password", reference), true);
  // CPU time is measured, because elapsed time on a busy machine proves nothing.
  const took = async (stored: string | undefined) => {
    const from = process.cpuUsage();
    await verifyPassword("wrong", stored);
    const { user, system } = process.cpuUsage(from);
    return (user + system) / 1000;
  };
  let [known, unknown] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let i = 0; i < 7; i++) {
    known = Math.min(known, await took(stored));
    unknown = Math.min(unknown, await took(undefined));
  }
  t.ok(unknown > known / 3 && known > unknown / 3, `as long for nobody: ${known} ${unknown} ms`);
});

t.test("texts", async (t) => {
  const now = Date.UTC(2026, 10, 23, 12);
  const ago = (ms: number) => `${moment(now - ms, now)}`.replace(/<.*?>/g, "");
  t.strictSame([0, 59_000, 60_000, 3_599_000, 7_200_000, 86_400_000, 86_400_000 * 8].map(ago), [
    "just now",
    "just now",
    "1 minute ago",
    "59 minutes ago",
    "2 hours ago",
    "yesterday",
    "15 Nov 2026",
  ]);
  t.equal(excerpt("short  text\n", 20), "short text");
  t.equal(excerpt("one two three, four", 15), "one two three\u00a0…");
  t.strictSame(opening("Dense. Flat as a stone, and as heavy as one. Then it rained. So."), [
    "Dense. Flat as a stone, and as heavy as one.",
    "Then it rained. So.",
  ]);
  t.strictSame(opening("One. Two."), ["One. Two.", ""]);
  t.strictSame(opening(""), ["", ""]);
  const [long, rest] = opening(`${"word ".repeat(90)}end. More.`);
  t.ok(long.length <= 152 && long.endsWith("\u00a0…"), long);
  t.equal(rest, "More.");
  t.ok(excerpt("x".repeat(500), 100).length <= 102);
  t.equal(paragraphs("a\nb\n\n\n<c>").join(""), "<p>a<br>b</p><p>&lt;c&gt;</p>");
  const link = `${paragraphs('see http://a.example/x"y. javascript:alert(1)')}`;
  t.equal(link.match(/<a /g)?.length, 1);
  t.match(link, '<a href="http://a.example/x" rel="nofollow ugc noopener">');
});

t.test("forms", async (t) => {
  t.match(check(postForm, undefined), { filled: { errors: {} } });
  const bad = check(signUpForm, { name: "a b", password: "short", extra: ["x"] });
  t.match(bad, {
    data: undefined,
    filled: { values: { name: "a b" }, errors: { name: /3 to 24/, password: /10/ } },
  });
  const good = check(postForm, { title: " T\u0000\u0007 ", body: "a\r\nb\rc\td" });
  t.strictSame(good, { data: { title: "T", body: "a\nb\nc\td" } });
  t.match(check(postForm, { title: "x".repeat(121), body: "b" }), {
    filled: { errors: { title: /longer than 120/ } },
  });
});

t.test("only paths of this site are gone to after a log-in", async (t) => {
  for (const path of [
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "",
    undefined,
    "/a b",
    "/\n/x",
    "/x\\y",
  ]) {
    t.equal(safePath(path), "/", `${path}`);
  }
  t.equal(safePath("/posts/1?x=2"), "/posts/1?x=2");
});

t.test("files are named by what is in them", async (t) => {
  const folder = t.testdir({ "site.css": "a{}", "logo.v2.svg": "<svg/>" });
  const before = readAssets(folder);
  t.equal(before("site.css"), "/assets/site.5f546eb460.css");
  t.match(before("logo.v2.svg"), /^\/assets\/logo\.v2\.[0-9a-f]{10}\.svg$/);
  writeFileSync(join(folder, "site.css"), "b{}");
  t.not(readAssets(folder)("site.css"), before("site.css"));
  t.throws(() => before("nope.css"), /no file nope\.css in the static folder/);
});

t.test("the drawings of the seed are the same every time", async (t) => {
  const [one, two] = [await draw("night"), await draw("night")];
  t.equal(one.hash, two.hash);
  t.match(one, { width: 1600, height: 900 });
});

/** A context with a silent logger and a clock that does not move. */
const context = {
  clock: { after: () => ({ cancel: () => undefined }) },
  logger: { warn: () => undefined, error: () => undefined },
} as never;

t.test(
  "pixels are counted before they are decoded, and pictures wait in a line with an end",
  async (t) => {
    const reader = new PictureReader(context);
    t.teardown(() => reader.close());
    const blank = (width: number, height: number) =>
      sharp({ create: { width, height, channels: 3, background: "#fff" } });
    const bomb = await blank(7000, 7000).avif({ effort: 0 }).toBuffer();
    t.ok(bomb.length < 2000);
    t.equal(await reader.read(bomb), "too many pixels");
    // 36 megapixels are accepted in a JPEG that is read line by line, but not in a progressive JPEG, which comes in
    // layers.
    const layers = await blank(6000, 6000).jpeg({ progressive: true }).toBuffer();
    t.equal(await reader.read(layers), "too many pixels");
    t.match(await reader.read(await blank(6000, 6000).jpeg().toBuffer()), { width: 1600 });
    t.match(await reader.read(await blank(64, 48).avif().toBuffer()), { width: 64, height: 48 });
    t.equal(await reader.read(Buffer.from("no picture")), "unreadable");
    const png = await blank(8, 8).png().toBuffer();
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => reader.read(png)));
    const [read, refused] = ["fulfilled", "rejected"].map((s) => all.filter((r) => r.status === s));
    t.equal(read?.length, 9, "one at work and eight in the line");
    t.match(refused?.[0], { reason: { statusCode: 503 } });
  },
);

t.test("a picture from a visitor who is not logged in is noticed, and not kept", async (t) => {
  const app = fastify();
  t.teardown(() => app.close());
  await app.register(fastifyMultipart, { limits: UPLOAD_LIMITS, throwFileSizeLimit: false });
  app.decorateRequest("upload", undefined);
  app.decorateRequest("unknown", undefined);
  app.addHook("onRequest", async (request) => {
    if (request.headers.cookie === undefined) request.unknown = new Error("nobody is logged in");
  });
  app.post("/", { preValidation: readUpload }, async ({ body, upload }) => ({
    ...{ body, kept: upload?.data.length, truncated: upload?.truncated },
  }));
  const send = async (size: number, headers: Record<string, string>) => {
    const payload = new FormData();
    payload.set("title", "typed");
    payload.set("image", new Blob([Buffer.alloc(size)]), "a.png");
    return (await app.inject({ method: "POST", url: "/", payload, headers })).json();
  };
  const [known, body] = [{ cookie: "x" }, { title: "typed" }];
  t.strictSame(await send(100_000, known), { body, kept: 100_000, truncated: false });
  t.strictSame(await send(100_000, {}), { body, kept: 0, truncated: false });
  t.strictSame(await send(0, {}), { body }, "none was chosen");
  const most = UPLOAD_LIMITS.fileSize;
  t.strictSame(await send(most + 1, known), { body, kept: most, truncated: true });
});

t.test("a picture that ends its decoder is none; the next one has a new decoder", async (t) => {
  const file = join(t.testdir(), "decoder.ts");
  writeFileSync(
    file,
    `process.on("disconnect", () => process.exit());
    process.on("message", (upload) => upload.length === 0 ? process.exit(3) : process.send(process.pid));`,
  );
  const reader = new PictureReader(context, pathToFileURL(file));
  t.teardown(() => reader.close());
  const [first, same, fatal, next] = await Promise.all(
    [1, 1, 0, 1].map((size) => reader.read(Buffer.alloc(size))),
  );
  t.type(first, "number");
  t.equal(same, first);
  t.equal(fatal, "unreadable");
  t.type(next, "number");
  t.not(next, first);
  reader.close();
  t.type(await reader.read(Buffer.alloc(1)), "number", "closed means ended, not broken");
});
