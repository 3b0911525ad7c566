// Serves files over real sockets. The first tests send requests that must get no file, the later
// tests send requests that must get one.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  mkdirSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { ask, parse, raw, slowReader, start } from "./support.ts";

const SECRET = "the secret of this machine";
const CSS = "body { color: teal }\n";
const LARGE = Buffer.alloc(300_000, "0123456789abcdef");

function site(t: Test): string {
  const folder = t.testdir({
    "secret.txt": SECRET,
    private: { "secret.txt": SECRET },
    static: {
      "app.css": CSS,
      "large.bin": LARGE,
      "empty.txt": "",
      "ä b.txt": "umlaut",
      "jquery.0123456789.js": "//",
      ".env": SECRET,
      docs: { "index.html": "<h1>Docs</h1>", ".git": { config: SECRET } },
      bare: { "a.txt": "a" },
      "static-evil": {},
    },
    "static-evil": { "secret.txt": SECRET },
  });
  const root = join(folder, "static");
  symlinkSync("../secret.txt", join(root, "out-file"));
  symlinkSync("../private", join(root, "out-folder"));
  symlinkSync("../static-evil/secret.txt", join(root, "out-sibling"));
  symlinkSync("app.css", join(root, "in-file.css"));
  symlinkSync("loop", join(root, "loop"));
  symlinkSync(".env", join(root, "to-env"));
  symlinkSync("docs/.git", join(root, "to-git"));
  execFileSync("mkfifo", [join(root, "fifo")]);
  return root;
}

const location = (root: string, more: object = {}) => ({
  locations: [{ path: "/assets/", root, ...more }],
});

t.test("only files of the folder are served", async (t) => {
  const { port, lines } = await start(t, location(site(t)));
  const paths = [
    ..."/assets/../secret.txt /assets/../../etc/passwd /assets/%2e%2e/secret.txt".split(" "),
    ..."/assets/%2e%2e%2fsecret.txt /assets/..%2fsecret.txt /assets/%2e%2e%5csecret.txt".split(" "),
    ..."/assets/%252e%252e%252fsecret.txt /assets/docs/..%2f..%2fsecret.txt".split(" "),
    ..."/assets/app.css%00 /assets/%00 /assets/..%00/secret.txt /assets/%c0%ae%c0%ae/a".split(" "),
    ..."/assets/.env /assets/%2eenv /assets/docs/.git/config /assets/fifo /assets/loop".split(" "),
    ..."/assets/out-file /assets/out-folder/secret.txt /assets/out-sibling".split(" "),
    ..."/assets/to-env /assets/to-git /assets/to-git/ /assets/to-git/config".split(" "),
    ..."/assets/bare /assets/bare/ /assets/ /assets/app.css/ /assets/app.css/x".split(" "),
    ..."//assets/../secret.txt /assets//etc/passwd http://test/assets/../secret.txt".split(" "),
    `/assets/${"a".repeat(3000)}`,
    "/assets/../assets/../../../../../../etc/passwd",
  ];
  for (const path of paths) {
    const { status, body, fields } = await ask(port, path);
    t.equal(status, 404, path.slice(0, 60));
    t.notMatch(body.toString(), /secret of|root:|a\.txt|app\.css/, "the answer reveals nothing");
    t.equal(fields.get("cache-control"), "no-store");
  }
  t.equal(lines.length, paths.length);
  t.match(lines[3], / web\/<NOSRV> .* 404 .* LR-- .*cause="path refused: encoded slash"/);
});

t.test("malformed requests, and methods that files do not allow, are refused", async (t) => {
  const { port, lines } = await start(t, location(site(t)));
  const status = async (request: string) => parse(await raw(port, request)).status;
  t.equal(await status("GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  t.equal(await status("GET / HTTP/1.1\r\n\r\n"), 400);
  t.equal(await status("\x00\x01\r\n\r\n"), 400);
  t.equal(await status(`GET /${"a".repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`), 414);
  t.equal(lines.length, 4);
  for (const line of lines) t.match(line, / web web\/<NOSRV> -1\/-1\/-1\/-1\/\d+ 4\d\d .* PR-- /);
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    const answer = await ask(port, "/assets/app.css", { "Content-Length": "0" }, method);
    t.equal(answer.status, 405, method);
    t.equal(answer.fields.get("allow"), "GET, HEAD");
  }
  t.equal((await ask(port, "/assets/app.css", {}, "TRACE")).status, 405);
  t.equal(await status("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\nConnection: close\r\n\r\n"), 405);
  t.equal((await ask(port, "*", {}, "OPTIONS")).status, 204);
  t.equal((await ask(port, "/elsewhere")).status, 404, "no upstream");
  t.equal((await ask(port, "/assets")).status, 404);
});

t.test("the connection ends after a body that is not read, and the answer says so", async (t) => {
  const { port } = await start(t, location(site(t)));
  const request = "POST /assets/app.css HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
  const { status, fields } = parse(await raw(port, request));
  t.equal(status, 405);
  t.equal(fields.get("connection"), "close");
});

t.test("a file is sent with all its fields", async (t) => {
  const root = site(t);
  utimesSync(join(root, "app.css"), 1_700_000_000, 1_700_000_000);
  const changed = statSync(join(root, "app.css")).ctime; // the change time, which no program can set
  const { port, lines } = await start(t, { ...location(root), servedBy: true });
  for (const attempt of ["from the disk", "from memory"]) {
    const { status, fields, body } = await ask(port, "/assets/app.css", { "User-Agent": "tap" });
    t.equal(status, 200, attempt);
    t.equal(body.toString(), CSS);
    t.equal(fields.get("content-type"), "text/css; charset=utf-8");
    t.equal(fields.get("content-length"), String(CSS.length));
    t.equal(fields.get("last-modified"), changed.toUTCString());
    t.equal(fields.get("cache-control"), "public, max-age=300");
    t.equal(fields.get("x-content-type-options"), "nosniff");
    t.equal(fields.get("accept-ranges"), "bytes");
    t.equal(fields.get("x-served-by"), `box1/web/${process.pid}`);
    t.match(fields.get("etag"), /^"[0-9a-f]{32}"$/);
    t.ok(fields.get("date"));
  }
  t.match(
    lines[0],
    /^127\.0\.0\.1:\d+ \[.*\] web web\/<STATIC> \d+\/0\/0\/\d+\/\d+ 200 \d+ - - ---- 1\/1\/0\/0\/0 0\/0 \{test\|tap\} \{\} "GET \/assets\/app\.css HTTP\/1\.1" id=[\w-]{12,}$/,
  );
  t.equal(
    (await ask(port, "/assets/in-file.css")).body.toString(),
    CSS,
    "a link to a file within the folder is followed",
  );
  t.equal((await ask(port, "/assets/%C3%A4%20b.txt")).body.toString(), "umlaut");
  t.equal((await ask(port, "/assets/empty.txt")).fields.get("content-length"), "0");
  t.ok((await ask(port, "/assets/large.bin")).body.equals(LARGE));
  t.equal(
    (await ask(port, "/assets/app.css?v=1")).status,
    200,
    "the query does not matter for the file name",
  );
});

t.test("a folder is answered with its index.html, under its name with a slash", async (t) => {
  const { port } = await start(t, location(site(t)));
  const redirect = await ask(port, "/assets/docs?a=/b");
  t.equal(redirect.status, 308);
  t.equal(redirect.fields.get("location"), "/assets/docs/?a=/b");
  const written = await ask(port, "//assets///d%6Fcs?a=%2f");
  t.equal(
    written.fields.get("location"),
    "/assets///d%6Fcs/?a=%2f",
    "the target is kept as written, but does not name another host",
  );
  t.equal((await ask(port, "/x/../assets//%61pp.css")).body.toString(), CSS);
  const page = await ask(port, "/assets/docs/");
  t.equal(page.body.toString(), "<h1>Docs</h1>");
  t.equal(page.fields.get("content-type"), "text/html; charset=utf-8");
});

t.test("the location with the longest prefix is used", async (t) => {
  const root = site(t);
  const { port } = await start(t, {
    locations: [
      { path: "/", root: join(root, "docs") },
      { path: "/assets/", root },
    ],
  });
  t.equal((await ask(port, "/")).body.toString(), "<h1>Docs</h1>");
  t.equal((await ask(port, "/assets/app.css")).body.toString(), CSS);
});

t.test("HEAD gets the fields of GET, and pipelined requests are answered in order", async (t) => {
  const { port } = await start(t, location(site(t)));
  for (const path of ["/assets/app.css", "/assets/large.bin", "/assets/nope", "/healthz"]) {
    const get = await ask(port, path);
    const head = await ask(port, path, {}, "HEAD");
    t.equal(head.body.length, 0, path);
    t.equal(head.status, get.status);
    t.equal(head.fields.get("content-length"), String(get.body.length));
    t.same([...head.fields.keys()].sort(), [...get.fields.keys()].sort());
  }
  const requests = ["HEAD /assets/app.css", "GET /assets/large.bin", "GET /assets/app.css"];
  const text = requests.map((line) => `${line} HTTP/1.1\r\nHost: a\r\n\r\n`).join("");
  const last = "GET /assets/nope HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  const answers = (await raw(port, text + last)).toString("latin1");
  const statuses = answers.match(/HTTP\/1\.1 \d+/g);
  t.same(statuses, ["HTTP/1.1 200", "HTTP/1.1 200", "HTTP/1.1 200", "HTTP/1.1 404"]);
  t.ok(
    answers.includes(`${LARGE.toString("latin1")}HTTP/1.1 200`),
    "each body follows its own head",
  );
});

t.test(
  "a client that half-closes after its requests still gets every answer, and the connection ends",
  async (t) => {
    const { port, telemetry } = await start(t, location(site(t)));
    const get = (path: string) => `GET /assets/${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    socket.end(get("large.bin") + get("nope") + get("docs/") + get("large.bin"));
    const answers = (await buffer(socket)).toString("latin1");
    const statuses = answers.match(/HTTP\/1\.1 \d+/g);
    t.same(statuses, ["HTTP/1.1 200", "HTTP/1.1 404", "HTTP/1.1 200", "HTTP/1.1 200"]);
    t.ok(answers.endsWith(LARGE.toString("latin1")));
    let metrics = "";
    const gauge = 'haproxy_frontend_current_sessions{proxy="web"} 0\n';
    for (let tries = 0; tries < 100 && !metrics.includes(gauge); tries++) {
      metrics = await telemetry.registry.metrics();
      await sleep(10);
    }
    t.ok(metrics.includes(gauge));
  },
);

t.test("the server stops reading from a client that sends on and reads nothing", async (t) => {
  const { port, lines } = await start(t, location(site(t)));
  await ask(port, "/assets/app.css");
  const socket = await slowReader(port, "/assets/app.css");
  t.teardown(() => socket.destroy());
  const burst = "GET /assets/app.css HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2000);
  for (let i = 0; i < 200 && socket.writableLength < 1024 * 1024; i++) {
    socket.write(burst);
    await sleep(5);
  }
  t.ok(socket.writableLength >= 1024 * 1024, "the server has stopped reading");
  const answered = lines.length;
  await sleep(100);
  t.equal(lines.length, answered, "and answering");
});

t.test("conditions and ranges are applied over a connection", async (t) => {
  const { port } = await start(t, location(site(t)));
  for (const [path, whole] of [
    ["/assets/app.css", Buffer.from(CSS)],
    ["/assets/large.bin", LARGE],
  ] as const) {
    // The webserver answers a request with If-None-Match only when it has computed the file's tag.
    const first = await ask(port, path, { "If-None-Match": '"another"' });
    t.equal(first.status, 200);
    const etag = first.fields.get("etag") ?? "";
    for (const method of ["GET", "HEAD"]) {
      const unchanged = await ask(port, path, { "If-None-Match": etag }, method);
      t.equal(unchanged.status, 304);
      t.equal(unchanged.body.length, 0);
      t.equal(unchanged.fields.get("etag"), etag);
      t.equal(unchanged.fields.get("content-length"), undefined);
    }
    t.equal((await ask(port, path, { "If-Match": '"x"' })).status, 412);
    const end = whole.length - 1;
    const part = await ask(port, path, { Range: "bytes=3-9" });
    t.equal(part.status, 206);
    t.equal(part.fields.get("content-range"), `bytes 3-9/${whole.length}`);
    t.ok(part.body.equals(whole.subarray(3, 10)));
    const tail = await ask(port, path, { Range: "bytes=-5", "If-Range": etag });
    t.equal(tail.fields.get("content-range"), `bytes ${end - 4}-${end}/${whole.length}`);
    t.ok(tail.body.equals(whole.subarray(-5)));
    const beyond = await ask(port, path, { Range: `bytes=${whole.length}-` });
    t.equal(beyond.status, 416);
    t.equal(beyond.fields.get("content-range"), `bytes */${whole.length}`);
    for (const fields of [
      { Range: "bytes=0-1,3-4" },
      { Range: "bytes=3-9", "If-Range": '"old"' },
      { Range: "bytes=9-3" },
    ]) {
      const answer = await ask(port, path, fields);
      t.equal(answer.status, 200, JSON.stringify(fields));
      t.equal(answer.body.length, whole.length);
    }
    t.equal((await ask(port, path, { Range: "bytes=3-9" }, "HEAD")).status, 200);
  }
});

const fingerprint = (content: string | Buffer) =>
  createHash("sha256").update(content).digest("hex").slice(0, 10);

t.test("a current fingerprint is cached for ever, an old one not at all", async (t) => {
  const root = site(t);
  const { port, pass } = await start(t, location(root, { fingerprint: true }));
  const control = async (name: string) => {
    const { status, fields } = await ask(port, `/assets/${name}`);
    return `${status} ${fields.get("cache-control")}`;
  };
  const forEver = "200 public, max-age=31536000, immutable";
  const old = `app.${fingerprint(CSS)}.css`;
  t.equal(await control(`large.${fingerprint(LARGE)}.bin`), forEver);
  t.equal(await control("large.0123456789.bin"), "200 no-cache");
  t.equal(await control(old), forEver);
  t.equal(await control(old), forEver, "from memory");
  t.equal(await control("app.0123456789.css"), "200 no-cache");
  t.equal(await control("app.css"), "200 public, max-age=300");
  t.equal(
    await control("jquery.0123456789.js"),
    "200 public, max-age=300",
    "there is a file of exactly that name",
  );
  t.equal(await control("gone.0123456789.css"), "404 no-store");
  writeFileSync(join(root, "app.css"), "body { color: navy }\n");
  pass(1100);
  t.equal(await control(old), "200 no-cache", "an old page gets the new file, which is not cached");
  t.equal(await control(`app.${fingerprint("body { color: navy }\n")}.css`), forEver);
});

t.test(
  "a browser with an old version gets the new one, even if size and time are the same",
  async (t) => {
    const root = site(t);
    const old = utimesSync.bind(undefined, join(root, "large.bin"), 1, 1);
    old();
    const { port } = await start(t, { ...location(root), openFileCache: { valid: "0ms" } });
    const known = { "If-None-Match": '"another"' };
    const { fields } = await ask(port, "/assets/large.bin", known);
    const revalidation = {
      "If-None-Match": fields.get("etag") ?? "",
      "If-Modified-Since": fields.get("last-modified") ?? "",
    };
    t.equal((await ask(port, "/assets/large.bin", revalidation)).status, 304);
    const other = Buffer.alloc(LARGE.length, "other bytes");
    writeFileSync(join(root, "large.bin"), other);
    old();
    const answer = await ask(port, "/assets/large.bin", revalidation);
    t.equal(answer.status, 200);
    t.ok(answer.body.equals(other));
  },
);

t.test("types of the configuration are used, and an .svgz is sent as compressed", async (t) => {
  const root = site(t);
  writeFileSync(join(root, "drawing.svgz"), "compressed");
  const { port } = await start(t, { ...location(root), types: { txt: "text/x-notes" } });
  const drawing = await ask(port, "/assets/drawing.svgz");
  t.equal(drawing.fields.get("content-type"), "image/svg+xml");
  t.equal(drawing.fields.get("content-encoding"), "gzip");
  const empty = await ask(port, "/assets/empty.txt");
  t.equal(empty.fields.get("content-type"), "text/x-notes; charset=utf-8");
});

t.test("changes on the disk are noticed within a second", async (t) => {
  const root = site(t);
  const { port, pass, webserver } = await start(t, location(root));
  const body = async (path = "/assets/app.css") => (await ask(port, path)).body.toString();
  t.equal(await body(), CSS);
  const etag = (await ask(port, "/assets/app.css")).fields.get("etag");
  writeFileSync(join(root, "app.css.new"), CSS);
  renameSync(join(root, "app.css.new"), join(root, "app.css"));
  pass(1100);
  t.equal(
    (await ask(port, "/assets/app.css")).fields.get("etag"),
    etag,
    "the same content has the same tag",
  );
  writeFileSync(join(root, "app.css"), "new");
  pass(1100);
  t.equal(await body(), "new");
  await body("/assets/large.bin");
  writeFileSync(join(root, "large.bin.new"), Buffer.alloc(200_000, "x"));
  renameSync(join(root, "large.bin.new"), join(root, "large.bin"));
  t.equal(
    (await body("/assets/large.bin")).length,
    200_000,
    "a change of a large file is noticed at once, and versions are never mixed",
  );
  unlinkSync(join(root, "app.css"));
  pass(1100);
  t.equal((await ask(port, "/assets/app.css")).status, 404);
  mkdirSync(join(root, "app.css"));
  t.equal((await ask(port, "/assets/app.css")).status, 404);
  t.ok(webserver.cache.usage.files > 0);
});
