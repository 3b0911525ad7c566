// Sends the page's server what no browser sends by itself, but what any page on the web may make a browser send.
import { once } from "node:events";
import { connect } from "node:net";
import t, { type Test } from "tap";
import { type OwnScript, type PageServer, servePage } from "./page-server.ts";

const PARTS = { html: "<p>page</p>", script: "", worker: "", style: "" };

async function givenServer(t: Test, own?: OwnScript): Promise<PageServer> {
  const server = await servePage(PARTS, 0, own);
  t.teardown(() => server.close());
  return server;
}

/** Sends one request as it stands and returns the status of the answer; undefined when the connection ends without one. */
async function statusOf({ url }: PageServer, target: string, host = "localhost", method = "GET") {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write(`${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  let text = "";
  socket.setEncoding("latin1").on("data", (part) => (text += part));
  await once(socket, "close");
  return text === "" ? undefined : Number(text.split(" ")[1]);
}

t.test("targets that are no URL, or no path, are not found", async (t) => {
  const server = await givenServer(t);
  for (const target of ["//", "//[", "/\\", "*", "http://[", "/__proto__", "/%"])
    t.equal(await statusOf(server, target), 404, target);
  t.equal(await statusOf(server, "/?a=//"), 200, "and the page is still served");
});

t.test("another host is refused, whatever the target", async (t) => {
  const server = await givenServer(t);
  for (const target of ["/", "//", "/nothing"])
    t.equal(await statusOf(server, target, "foreign.example"), 421, target);
  t.equal(await statusOf(server, "/", "localhost", "POST"), 405);
});

t.test("a page that cannot be made ends its connection, and not the command", async (t) => {
  const server = await givenServer(t, {
    script: "",
    refresh: () => Promise.reject(new Error("the file is gone")),
  });
  t.equal(await statusOf(server, "/"), undefined);
  t.equal(await statusOf(server, "/own.js"), 200);
});
