// Tests a visit to www.foobar.com in Chromium, through the whole stack and its TLS: on a phone
// without scripts, and on a desktop. When TANDEM_SCREENSHOTS names a folder, screenshots are
// written to it.
import { createHash, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import t, { type Test } from "tap";
import { Stack } from "./stack.ts";

const CHROMIUM = "/usr/bin/chromium";
const screenshots = process.env.TANDEM_SCREENSHOTS;

/**
 * Returns the hash of the key in the site's certificate. With this hash, Chromium accepts the site's certificate
 * besides the certificates of public authorities.
 */
function keyPin(stack: Stack): string {
  const certificate = new X509Certificate(readFileSync(stack.siteCertificate));
  const key = certificate.publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(key).digest("base64");
}

function launch(stack: Stack, profile: string): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    env: { PATH: process.env.PATH ?? "", HOME: profile },
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--host-resolver-rules=MAP www.foobar.com 127.0.0.1",
      `--ignore-certificate-errors-spki-list=${keyPin(stack)}`,
    ],
  });
}

interface Device {
  readonly name: string;
  readonly options: BrowserContextOptions;
}

const DEVICES: readonly Device[] = [
  {
    name: "phone",
    options: {
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 2,
      hasTouch: true,
      javaScriptEnabled: false,
    },
  },
  { name: "desktop", options: { viewport: { width: 1280, height: 860 }, colorScheme: "dark" } },
];

/**
 * Returns the width of the page's content. The measurement is repeated if the page is replaced meanwhile, because the
 * status page replaces itself.
 */
async function contentWidth(page: Page): Promise<number> {
  for (;;) {
    await page.waitForLoadState();
    try {
      return await page.locator("html").evaluate((element) => element.scrollWidth);
    } catch (error) {
      if (!String(error).includes("context was destroyed")) throw error;
    }
  }
}

/** Checks that a page fits the screen. Keeps a picture of the page if TANDEM_SCREENSHOTS is set. */
async function look(t: Test, page: Page, device: string, name: string): Promise<void> {
  const width = page.viewportSize()?.width ?? 0;
  const content = await contentWidth(page);
  t.ok(content <= width, `${name} fits the ${device}: ${content} of ${width} pixels`);
  if (screenshots === undefined) return;
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${device}-${name}.png`), fullPage: true });
}

async function visit(t: Test, browser: Browser, site: string, device: Device): Promise<void> {
  const context = await browser.newContext(device.options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "";
    // The browser reports ERR_ABORTED when the visitor opens another page while pictures are
    // loading. This is no fault of the site.
    if (why !== "net::ERR_ABORTED") complaints.push(`${request.url()} failed: ${why}`);
  });
  const person = `Ada${device.name}`;
  const title = `A bridge for the ${device.name}`;

  await page.goto(site);
  await look(t, page, device.name, "home");
  await page.getByRole("link", { name: "Sign up" }).first().click();
  await page.getByLabel("Name").fill(person);
  await page.getByLabel("Password", { exact: false }).first().fill("correct horse battery");
  await look(t, page, device.name, "sign-up");
  await page.getByRole("button", { name: "Sign up" }).click();

  await page.getByRole("link", { name: "Write" }).click();
  await page.getByLabel("Title").fill(title);
  await page.getByLabel("Text").fill("It holds.\n\nIt was **not** easy: <script>alert(1)</script>");
  await page.getByLabel("Picture").setInputFiles({
    name: "bridge.png",
    mimeType: "image/png",
    buffer: readFileSync(new URL("../../../docs/images/site.png", import.meta.url)),
  });
  await look(t, page, device.name, "write");
  await page.getByRole("button", { name: "Publish" }).click();
  t.equal(await page.locator("h1").textContent(), title);
  await page.getByText("<script>alert(1)</script>").waitFor(); // HTML written into a text is shown as text
  const picture = page.locator("article img").first();
  t.match(await picture.getAttribute("src"), /^\/images\/[0-9a-f]{64}\.webp$/);
  t.ok((await picture.boundingBox())?.width, "the picture is shown");

  await page.getByLabel("Your comment").fill("And a comment on it.");
  await page.getByRole("button", { name: "Comment" }).click();
  await page.getByText("And a comment on it.").waitFor();
  await look(t, page, device.name, "post");

  await page.getByLabel("Your comment").fill("Typed while the log-in ended.");
  const cookies = await context.cookies();
  await context.clearCookies({ name: "__Host-session" });
  await page.getByRole("button", { name: "Comment" }).click();
  await page.getByRole("heading", { name: "You are not logged in" }).waitFor();
  await look(t, page, device.name, "logged-out");
  await context.addCookies(cookies);
  await page.getByRole("button", { name: "Send it again" }).click();
  await page.getByRole("heading", { name: "2 comments" }).waitFor();
  await page.getByText("Typed while the log-in ended.").waitFor();

  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByLabel("Text").fill("It holds still.");
  await look(t, page, device.name, "edit");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Your post is changed.").waitFor();
  await page.getByText("It holds still.").waitFor();

  await page.getByRole("searchbox").first().fill(title);
  await page.getByRole("searchbox").first().press("Enter");
  await page.getByRole("link", { name: title }).waitFor();
  await look(t, page, device.name, "search");

  await page.getByRole("link", { name: person }).first().click();
  t.match(await page.locator("h1").textContent(), person);
  await look(t, page, device.name, "profile");

  await page.getByRole("link", { name: title }).click();
  await page.getByRole("link", { name: "Delete" }).click();
  await look(t, page, device.name, "delete");
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByText("Your post is deleted.").waitFor();

  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByRole("link", { name: "Log in" }).waitFor();
  t.same(await context.cookies().then((all) => all.filter(({ secure }) => !secure)), []);
  await page.goto(`${site}nothing-here`);
  await look(t, page, device.name, "not-found");
  await page.goto(`${site}write`);
  await page.getByText("To write a post, please log in first.").waitFor();
  await look(t, page, device.name, "log-in");
  t.same(
    complaints.filter((text) => !/40[14]/.test(text)),
    [],
    "the browser reports no error",
  );
  await context.close();
}

const missing = !existsSync(CHROMIUM) && `${CHROMIUM} is not installed: apt-get install chromium`;

t.test("a visit in a browser", { skip: missing, timeout: 230_000 }, async (t) => {
  // t.testdir is not used, because its folder is removed before the processes that run in it are stopped.
  const folder = mkdtempSync(join(tmpdir(), "tandem-browser-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const stack = await Stack.start(folder);
  t.teardown(() => stack.interrupt());
  const browser = await launch(stack, folder);
  t.teardown(() => browser.close());
  const site = `https://www.foobar.com:${stack.port(8443)}/`;

  for (const device of DEVICES) {
    await t.test(device.name, (t) => visit(t, browser, site, device));
  }

  await t.test("an address typed without https leads to the site", async (t) => {
    const page = await browser.newPage();
    await page.goto(`http://www.foobar.com:${stack.port(8080)}/search?q=comet`);
    t.equal(page.url(), `${site}search?q=comet`);
  });

  for (const { name, options } of DEVICES) {
    await t.test(`the operator's page on the ${name}`, async (t) => {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${stack.port(8404)}/`);
      t.match(await page.locator("h1").textContent(), /healthy/);
      await look(t, page, name, "dashboard");
      await context.close();
    });
  }

  await t.test(
    "the operator's page in an open tab: says that the balancer does not answer, and recovers",
    async (t) => {
      const page = await browser.newPage();
      const before = await stack.pidOf("box1", "balancer");
      await page.goto(`http://127.0.0.1:${stack.port(8404)}/`);
      process.kill(before, "SIGSTOP");
      await page.getByText("No answer from this balancer since").waitFor();
      t.match(await page.locator("h1").textContent(), /: unknown$/, "no health is claimed");
      const colours = await page.evaluate<string[]>(
        `[...document.querySelectorAll("body, h1 span, .up, .healthy")].map((element) => getComputedStyle(element).color)`,
      );
      t.ok(colours.length > 2);
      t.equal(new Set(colours).size, 1, "nothing is green");
      process.kill(before, "SIGKILL");
      const back = page.getByText(/process \d+/).filter({ hasNotText: `process ${before}` });
      await back.waitFor();
      t.match(await page.title(), /^Tandem: (healthy|degraded|down)$/);
      t.equal(await page.getByText("No answer").count(), 0);
      t.match(await page.locator("h1").textContent(), /: (healthy|degraded|down)$/);
    },
  );
});
