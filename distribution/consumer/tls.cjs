// A balancer with TLS by its default settings. An OpenSSL before 3.5 has no X25519MLKEM768: the balancer says so, and
// connections are made without it.
const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const { createServer } = require("node:http");
const { get } = require("node:https");
const { createBalancer } = require("@tandem/balancer");

const warnings = [];
process.on("warning", ({ message }) => warnings.push(message));
const [major, minor] = process.versions.openssl.split(".").map(Number);
const lacks = major === 3 && minor < 5;

const server = createServer((_, response) => response.end("hello"));
server.listen(0, "127.0.0.1", async () => {
  const { port } = server.address();
  const tls = { certificates: [{ cert: "tls.crt", key: "tls.key" }] };
  const balancer = createBalancer({
    frontends: { web: { bind: "127.0.0.1:0", tls, routes: [{ backend: "app" }] } },
    backends: { app: { servers: { one: { address: `127.0.0.1:${port}` } } } },
  });
  await balancer.start();
  const options = { port: balancer.port(), ca: readFileSync("tls.crt"), agent: false };
  get({ ...options, host: "127.0.0.1" }, async (answer) => {
    assert.equal(answer.statusCode, 200);
    answer.resume();
    await balancer.close();
    server.closeAllConnections();
    server.close();
    assert.equal(warnings.length, lacks ? 1 : 0, warnings.join("\n"));
    if (lacks) assert.match(warnings[0], /has no X25519MLKEM768/);
  });
});
