// A program in CommonJS without a compiler: each entry of the libraries is had by `require`, and a balancer answers.
const assert = require("node:assert/strict");
const { createServer } = require("node:http");
const { createBalancer } = require("@tandem/balancer");

const SOME_OF = {
  "@tandem/balancer/pickers": "openPicker",
  "@tandem/http": "parseRequestHead",
  "@tandem/http/exchange": "MemoryExchange",
  "@tandem/http/session": "ClientSession",
  "@tandem/config": "loadConfig",
  "@tandem/lab": "simulate",
};
for (const [entry, name] of Object.entries(SOME_OF))
  assert.equal(typeof require(entry)[name], "function", `${entry} has ${name}`);

const server = createServer((_, response) => response.end("hello"));
server.listen(0, "127.0.0.1", async () => {
  const { port } = server.address();
  const balancer = createBalancer({
    frontends: { web: { bind: "127.0.0.1:0", routes: [{ backend: "app" }] } },
    backends: { app: { servers: { one: { address: `127.0.0.1:${port}` } } } },
  });
  await balancer.start();
  assert.equal(await (await fetch(balancer.url())).text(), "hello");
  await balancer.close();
  server.closeAllConnections();
  server.close();
});
