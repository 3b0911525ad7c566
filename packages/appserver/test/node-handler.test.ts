// Tests applications that are not Fastify plugins: they read the body and write the answer themselves.
import { createHash } from "node:crypto";
import { request as httpRequest } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import { Hono } from "hono";
import t, { type Test } from "tap";
import type { Application } from "../src/index.ts";
import { type Host, startHost } from "./support/index.ts";

const LIMIT = 200_000;

async function start(t: Test, handler: NonNullable<Application["handler"]>): Promise<Host> {
  const host = await startHost({
    application: { handler },
    folder: t.testdir(),
    appserver: {
      database: { url: `sqlite:${t.testdirName}/site.db` },
      bodyLimit: `${LIMIT}B`,
      servedBy: true,
      loadReport: true,
    },
  });
  t.teardown(() => host.stop());
  return host;
}

/**
 * Two applications with the same behaviour. They answer with the body that they got: as text, as JSON, as a form, and
 * as the hash of its bytes.
 */
const FRAMEWORKS: Readonly<Record<string, NonNullable<Application["handler"]>>> = {
  Express: () => {
    const site = express();
    site.get("/", (request, response) => void response.send(`hello ${request.query.name}`));
    site.post("/json", express.json(), (request, response) => void response.json(request.body));
    site.post(
      "/form",
      express.urlencoded(),
      (request, response) => void response.json(request.body),
    );
    site.post("/bytes", express.raw({ type: "*/*", limit: "10mb" }), (request, response) => {
      response.send(createHash("sha256").update(request.body).digest("hex"));
    });
    site.get("/boom", () => {
      throw new Error("boom");
    });
    return site;
  },
  Hono: () => {
    const site = new Hono();
    site.get("/", (c) => c.text(`hello ${c.req.query("name")}`));
    site.post("/json", async (c) => c.json(await c.req.json()));
    site.post("/form", async (c) => c.json(await c.req.parseBody()));
    site.post("/bytes", async (c) => {
      const body = Buffer.from(await c.req.arrayBuffer());
      return c.text(createHash("sha256").update(body).digest("hex"));
    });
    site.get("/boom", () => {
      throw new Error("boom");
    });
    return getRequestListener(site.fetch);
  },
};

for (const [name, handler] of Object.entries(FRAMEWORKS))
  t.test(`${name}: bodies arrive as they were sent`, async (t) => {
    const host = await start(t, handler);
    const post = (path: string, type: string, body: string) =>
      fetch(host.url + path, { method: "POST", headers: { "Content-Type": type }, body });
    const hello = await fetch(`${host.url}/?name=you`);
    t.equal(await hello.text(), "hello you");
    t.match(hello.headers.get("x-served-by"), /^box1\/app\/\d+$/);
    t.ok(hello.headers.get("endpoint-load-metrics"));
    t.same(await (await post("/json", "application/json", '{"a":[1,2]}')).json(), { a: [1, 2] });
    const form = await post("/form", "application/x-www-form-urlencoded", "a=1&b=%C3%A4");
    t.same(await form.json(), { a: "1", b: "ä" });
    const bytes = "x".repeat(150_000);
    const hash = createHash("sha256").update(bytes).digest("hex");
    for (const type of ["text/plain", "application/octet-stream", "image/png"])
      t.equal(await (await post("/bytes", type, bytes)).text(), hash, type);
    t.equal((await fetch(`${host.url}/boom`)).status, 500);
    t.equal((await fetch(`${host.url}/nowhere`)).status, 404);
    t.equal((await fetch(`${host.url}/healthz`)).status, 200, "ours");
    t.ok(host.accessLines.some((line) => line.endsWith('-- "POST /json"')));
  });

/** Sends `bytes` bytes in chunks. Returns the status, or the error when there was no answer. */
function sendChunked(url: string, bytes: number): Promise<number | string | undefined> {
  return new Promise((resolve) => {
    const request = httpRequest(url, { method: "POST" });
    request.on("response", (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    for (let left = bytes; left > 0; left -= 10_000) request.write("x".repeat(10_000));
    request.end();
  });
}

t.test(
  "a body beyond the limit does not reach the handler, whether its length was announced or not",
  async (t) => {
    let whole = 0;
    const host = await start(t, () => async (request, response) => {
      let bytes = 0;
      for await (const chunk of request) bytes += (chunk as Buffer).length;
      whole++;
      response.end(String(bytes));
    });
    const body = "x".repeat(LIMIT);
    t.equal(await (await fetch(host.url, { method: "POST", body })).text(), String(LIMIT));
    t.equal((await fetch(host.url, { method: "POST", body: `${body}x` })).status, 413);
    t.equal(await sendChunked(host.url, LIMIT), 200);
    t.equal(whole, 2);
    const refused = await sendChunked(host.url, LIMIT + 10_000);
    t.ok(refused === 413 || refused === "ECONNRESET" || refused === "EPIPE", String(refused));
    t.equal(whole, 2, "the handler never sees the end of the body");
  },
);

t.test("a handler that throws causes a 500, and its stack is in the log", async (t) => {
  const host = await start(t, () => async () => {
    await sleep(1);
    throw new Error("no luck");
  });
  t.equal((await fetch(host.url)).status, 500);
  t.match(host.logged.join("\n"), /the application failed/);
});
