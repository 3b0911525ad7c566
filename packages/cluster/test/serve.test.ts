import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get as getTls, type RequestOptions } from "node:https";
import { createServer } from "node:net";
import { join } from "node:path";
import t, { type Test } from "tap";
import { command, eventually, exists } from "./fake/run.ts";
import { childrenOf, inForeground, ranToEnd } from "./foreground.ts";

/** The name of a folder that a configuration file would read as a variable. */
const ODD = `files \${HOME}`;

/** A folder to serve, `site`, and a place for temporary files, so that a test sees what is left there. */
const givenFolder = (t: Test): string =>
  t.testdir({
    tmp: {},
    site: { "index.html": "<h1>home</h1>", "a.txt": "a", ".env": "secret" },
    [ODD]: { "b.txt": "b" },
  });

const serve = (t: Test, ...words: readonly string[]) =>
  inForeground(t, givenFolder(t), "serve", ...words);

/** Fetches the page `/` over TLS. */
const page = (where: RequestOptions): Promise<string> =>
  new Promise((resolve, reject) => {
    const request = getTls({ ...where, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      response.on("end", () => resolve(body));
    });
    request.on("error", reject);
  });

const ran = (folder: string, ...words: readonly string[]) => ranToEnd(folder, "serve", ...words);

t.test("a folder that is none, a page that is missing, a port that is taken", async (t) => {
  const folder = givenFolder(t);
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  t.teardown(() => taken.close());
  const address = taken.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const cases: readonly [readonly string[], RegExp][] = [
    [["nowhere"], /^nowhere: there is no such folder \(.*\/nowhere\);\nname a folder that exists/],
    [[""], /^the folder to serve is an empty word, expected a folder .*\nleave it out to serve/],
    [["site/a.txt"], /^site\/a\.txt: this is a file, expected a folder;\n.*serve site\n$/],
    [["tmp", "--spa"], /^--spa: there is no index\.html in .*\/tmp;\nbuild the application/],
    [["--listen", "somewhere"], /^--listen somewhere: this is no address to listen on; expected/],
    [["--listen", `:${port}`], new RegExp(`^--listen \\*:${port}: process ${process.pid} `)],
  ];
  for (const [words, message] of cases) {
    const { status, stderr } = ran(folder, ...words);
    t.equal(status, 1, words.join(" "));
    t.match(stderr, message);
  }
  t.same(readdirSync(join(folder, "tmp")), []);
});

t.test("the webserver does not start: its words, exit code 1", async (t) => {
  const folder = t.testdir({ "webserver---config": "crash" });
  const run = command(folder, "serve", "--listen", ":0");
  t.equal(await run.exit, 1);
  t.match(run.err(), /^the webserver did not start: exit code 7\n {2}\| the roof is on fire\n$/);
});

t.test("the webserver dies: says so and exits 1; we die: it ends by itself", async (t) => {
  const run = serve(t);
  await run.served();
  const [webserver = 0] = childrenOf(run.child.pid);
  process.kill(webserver, "SIGKILL");
  t.equal(await run.exit, 1);
  t.match(run.said.err, `the webserver (process ${webserver}) ended by itself: signal SIGKILL`);
  const orphan = serve(t);
  await orphan.served();
  const [left = 0] = childrenOf(orphan.child.pid);
  orphan.child.kill("SIGKILL");
  await eventually("the webserver notices", () => !exists(left));
});

t.test("a folder is served, one line per request, and Ctrl-C ends it with 0", async (t) => {
  const run = serve(t, "site");
  const url = await run.served();
  t.match(run.said.err, `→ ${join(run.folder, "site")}\n  Ctrl-C`);
  t.same(readdirSync(run.temporary), [], "the folder goes as soon as the webserver has read it");
  const home = await fetch(url);
  t.equal(await home.text(), "<h1>home</h1>");
  t.equal(home.headers.get("cache-control"), "no-cache");
  t.equal((await fetch(`${url}/.env`)).status, 404);
  t.equal((await fetch(`${url}/gone`)).status, 404);
  writeFileSync(join(run.folder, "site/a.txt"), "changed");
  t.equal(await (await fetch(`${url}/a.txt`)).text(), "changed");
  const processes = childrenOf(run.child.pid);
  run.child.kill("SIGINT");
  await run.tells(/SIGINT: finishing what runs/);
  t.equal(await run.exit, 0);
  t.notOk(processes.some(exists), "no process is left");
  t.match(run.said.out, /^\d\d:\d\d:\d\d GET \/ 200 \S+$/m);
  t.match(run.said.out, /^\S+ GET \/gone 404 \S+ ENOENT$/m);
  t.match(
    run.said.out,
    /\n {2}requests +4\n {2}status +2xx 2 +4xx 2\n {2}failed +0\n {2}time .*\n$/,
  );
});

t.test("--browse lists, --spa answers unknown paths, --json writes records", async (t) => {
  const listing = serve(t, "--browse", "--json", ODD);
  const url = await listing.served();
  t.match(await (await fetch(url)).text(), /href="\.\/b\.txt"/);
  await listing.tells(/"target":"\/"/);
  listing.child.kill("SIGTERM");
  t.equal(await listing.exit, 0);
  t.match(JSON.parse(listing.said.out.trim()), { method: "GET", status: 200 });

  const spa = serve(t, "site", "--spa");
  const page = await fetch(`${await spa.served()}/users/7`);
  t.equal(await page.text(), "<h1>home</h1>");

  const bare = serve(t, ODD);
  await bare.served();
  t.match(bare.said.err, "there is no index.html here, so / is 404; --browse lists the files");
});

t.test("--https: a certificate of the local authority, which proxy --https uses too", async (t) => {
  const run = serve(t, "site", "--https");
  const url = await run.served();
  const { port, protocol } = new URL(url);
  t.equal(protocol, "https:");
  const folder = join(run.folder, "state/tandem/tls");
  t.match(run.said.err, `try it   curl --cacert ${folder}/ca.crt https://127.0.0.1:${port}/`);
  t.match(run.said.err, /a local authority was made now; import/);
  const ca = readFileSync(join(folder, "ca.crt"), "utf8");
  for (const host of ["127.0.0.1", "localhost"])
    t.equal(await page({ host, port: Number(port), ca }), "<h1>home</h1>", host);
  await t.rejects(page({ host: "127.0.0.1", port: Number(port) }), /certificate/);
  await t.rejects(fetch(url.replace("https:", "http:")), "plain HTTP is not answered");
  await run.tells(/connection refused: it speaks HTTP without TLS; https:\/\/ is needed here/);
  run.child.kill("SIGTERM");
  t.equal(await run.exit, 0);

  const printed = ranToEnd(run.folder, "proxy", "3000", "--https", "--print");
  t.match(printed.stdout, join(folder, "localhost.crt"), "the same certificate");
  const again = inForeground(t, run.folder, "serve", "site", "--https");
  await again.served();
  t.notMatch(
    again.said.err,
    "was made now",
    "a browser that trusts the authority goes on doing so",
  );
});

t.test("--https with a state folder that cannot be written: serves nothing", async (t) => {
  const folder = givenFolder(t);
  const tls = join(folder, "state/tandem/tls");
  const refuses = (): void => {
    const { status, stderr } = ran(folder, "--https", "--listen", "127.0.0.1:0");
    t.equal(status, 1);
    t.match(stderr, `${tls}: the folder of the local authority cannot be used (`);
    t.match(
      stderr,
      /\);\nmake it writable for this user, or choose another with .*XDG_STATE_HOME\n$/,
    );
  };
  writeFileSync(join(folder, "state"), "a file in place of the folder");
  refuses();
  rmSync(join(folder, "state"));
  mkdirSync(join(tls, "localhost.crt"), { recursive: true }); // a file cannot be written there
  refuses();
});

t.test("a wide listener is named as such", async (t) => {
  const run = serve(t, "site", "--listen", ":0");
  await run.tells(/Ctrl-C finishes/);
  t.match(run.said.err, "other machines can reach it");
});
