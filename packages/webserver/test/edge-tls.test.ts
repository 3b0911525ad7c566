// A webserver that shows certificates to browsers itself, with no balancer before it.
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { connect as connectTls } from "node:tls";
import t from "tap";
import { certificates } from "./certificates.ts";
import { parse, start } from "./support.ts";

const CERTIFICATES = certificates();

t.test("with edgeTls a client needs no certificate, and HSTS is in every answer", async (t) => {
  const root = t.testdir({ "a.txt": "a", ...CERTIFICATES });
  const [cert, key] = [join(root, "box1.crt"), join(root, "box1.key")];
  const edgeTls = { certificates: [{ cert, key }], hsts: { maxAge: "1h" } };
  const locations = [{ path: "/", root }];
  const missing = { ...edgeTls, certificates: [{ cert: join(root, "none.crt"), key }] };
  await t.rejects(
    start(t, { locations, edgeTls: missing }),
    /^webserver\.edgeTls\.certificates\[0\]\.cert: cannot read .*none\.crt/,
  );
  const { port, webserver } = await start(t, { locations, edgeTls });
  t.same(webserver.addresses(), [`https://127.0.0.1:${port}`]);
  for (const [path, status] of [
    ["/a.txt", 200],
    ["/none", 404],
  ] as const) {
    const ca = CERTIFICATES["ca.crt"];
    const socket = connectTls({ host: "127.0.0.1", port, servername: "box1", ca });
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    const answer = parse(await buffer(socket));
    t.equal(answer.status, status);
    t.equal(answer.fields.get("strict-transport-security"), "max-age=3600");
  }
});
