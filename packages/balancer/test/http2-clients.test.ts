// HTTP/2 through the whole balancer from the clients that people use: Chromium, curl, nghttp and h2load.
import { execFile } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Browser, chromium } from "playwright-core";
import t from "tap";
import { givenBalancer, givenOrigin } from "./given.ts";
import { givenCertificates } from "./given-certificates.ts";

const run = promisify(execFile);
const CHROMIUM = "/usr/bin/chromium";
const LARGE = Buffer.alloc(1_000_000, "0123456789");

function missing(program: string): string | false {
  const found = (process.env.PATH ?? "").split(":").some((it) => existsSync(join(it, program)));
  return !found && `${program} is not installed (Debian: nghttp2-client, curl)`;
}

/**
 * Answers with what was sent, with a large body, with an event, or with a page. Paths below /late/ wait until /early was
 * asked for.
 */
function site() {
  const early = Promise.withResolvers<void>();
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { url = "/" } = request;
    if (url === "/") response.setHeader("Content-Type", "text/html");
    if (url === "/early") early.resolve();
    if (url.startsWith("/late/")) await early.promise;
    if (url.startsWith("/large")) response.end(LARGE);
    else if (url === "/events") {
      response.setHeader("Content-Type", "text/event-stream");
      response.write("data: one\n\n");
    } else if (request.method === "POST") request.pipe(response);
    else response.end(url);
  };
}

const certificates = await givenCertificates();
t.teardown(() => certificates[Symbol.asyncDispose]());

async function givenSite(): Promise<
  AsyncDisposable & { readonly port: number; readonly paths: () => string[] }
> {
  await using stack = new AsyncDisposableStack();
  const origin = stack.use(await givenOrigin(site()));
  const tls = { certificates: [certificates.site], alpn: ["h2" as const, "http/1.1" as const] };
  const balancer = stack.use(await givenBalancer([origin.port], {}, { tls }));
  const all = stack.move();
  return {
    port: balancer.port,
    paths: () => origin.requests.map(({ url = "" }) => url),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Starts Chromium. It takes the key of the site's certificate besides those of public authorities. */
function launch(home: string): Promise<Browser> {
  const { publicKey } = new X509Certificate(readFileSync(certificates.site.cert));
  const der = publicKey.export({ type: "spki", format: "der" });
  const pin = createHash("sha256").update(der).digest("base64");
  return chromium.launch({
    executablePath: CHROMIUM,
    env: { PATH: process.env.PATH ?? "", HOME: home },
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
      ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
      "--host-resolver-rules=MAP www.foobar.com 127.0.0.1",
      `--ignore-certificate-errors-spki-list=${pin}`,
    ],
  });
}

const noBrowser = !existsSync(CHROMIUM) && `no browser at ${CHROMIUM}`;
t.setTimeout(240_000); // when this file is run alone, tap allows it 30 s
t.test("Chromium", { skip: noBrowser, timeout: 230_000 }, async (t) => {
  await using served = await givenSite();
  const browser = await launch(t.testdir({}));
  t.teardown(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`https://www.foobar.com:${served.port}/`);

  const small = await page.evaluate(() =>
    Promise.all(
      Array.from(
        { length: 100 },
        async (_, i) => (await (await fetch(`/small/${i}`)).text()) === `/small/${i}`,
      ),
    ),
  );
  t.ok(small.length === 100 && small.every(Boolean), "100 requests at once");

  const large = await page.evaluate(() =>
    Promise.all(
      Array.from({ length: 8 }, async (_, i) => (await (await fetch(`/large/${i}`)).text()).length),
    ),
  );
  t.same(large, Array(8).fill(LARGE.length), "8 large bodies at once");

  const echoed = await page.evaluate(async () => {
    const body = "x".repeat(1_000_000);
    return (await (await fetch("/echo", { method: "POST", body })).text()) === body;
  });
  t.ok(echoed, "a large body both ways");

  // Over HTTP/1.1 a browser opens six connections at most, and `/early` would never be asked for.
  const answers = await page.evaluate(async () => {
    const late = Array.from({ length: 20 }, async (_, i) => (await fetch(`/late/${i}`)).text());
    const early = await (await fetch("/early")).text();
    return [early, ...(await Promise.all(late))];
  });
  t.same(
    answers,
    ["/early", ...Array.from({ length: 20 }, (_, i) => `/late/${i}`)],
    "20 open requests do not hold up a request beside them",
  );

  const event = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const events = new EventSource("/events");
        events.onmessage = ({ data }) => {
          events.close();
          resolve(data);
        };
      }),
  );
  t.equal(event, "one", "an event stream");

  const protocols = await page.evaluate(() => [
    ...new Set(
      performance
        .getEntries()
        .flatMap((entry) =>
          entry instanceof PerformanceResourceTiming ? entry.nextHopProtocol : [],
        ),
    ),
  ]);
  t.same(protocols, ["h2"], "all of it over HTTP/2");
});

t.test("curl: a download and an upload", { skip: missing("curl") }, async (t) => {
  await using served = await givenSite();
  const folder = t.testdir({ "ca.crt": certificates.authority, large: LARGE });
  const root = `https://www.foobar.com:${served.port}`;
  const options = [
    ...["-sS", "--http2", "--cacert", join(folder, "ca.crt"), "-w", "%{http_version} %{http_code}"],
    ...["--resolve", `www.foobar.com:${served.port}:127.0.0.1`, "-o", join(folder, "got")],
  ];
  const down = await run("curl", [...options, `${root}/large`]);
  t.equal(down.stdout, "2 200");
  t.ok(LARGE.equals(readFileSync(join(folder, "got"))));
  const upload = ["--data-binary", `@${join(folder, "large")}`, `${root}/echo`];
  const up = await run("curl", [...options, "-H", "Expect: 100-continue", ...upload]);
  t.equal(up.stdout, "2 200");
  t.ok(LARGE.equals(readFileSync(join(folder, "got"))));
  t.same(served.paths(), ["/large", "/echo"]);
});

t.test("nghttp: priorities, padding, small windows", { skip: missing("nghttp") }, async (t) => {
  await using served = await givenSite();
  const root = `https://127.0.0.1:${served.port}`;
  const small = ["-ns", "--no-verify-peer", "-b", "100", "-w", "14", "-W", "15"];
  const { stdout } = await run("nghttp", [...small, `${root}/large`, `${root}/one`, `${root}/two`]);
  for (const line of [/200 +976K \/large/, /200 +4 \/one/, /200 +4 \/two/]) t.match(stdout, line);
});

t.test("h2load: many streams on many connections", { skip: missing("h2load") }, async (t) => {
  await using served = await givenSite();
  const load = ["-n1000", "-c5", "-m20", `https://127.0.0.1:${served.port}/one`];
  const { stdout } = await run("h2load", load);
  t.match(stdout, "Application protocol: h2");
  t.match(stdout, "1000 succeeded, 0 failed, 0 errored, 0 timeout");
  t.match(stdout, "status codes: 1000 2xx");
});
