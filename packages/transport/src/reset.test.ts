// Tests resets: they reach the peer at once, whatever the socket was doing, and leave no descriptor open.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from "node:net";
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from "node:tls";
import t, { type Test } from "tap";
import { certificate } from "../test/certificate.ts";
import { allowReset, resetNow } from "./reset.ts";

const files = certificate("site.test");
const [cert, key] = [readFileSync(files.cert), readFileSync(files.key)];

/** Returns both sides of a connection: the one that accepted it, and the one that connected. */
async function given(t: Test, tls: boolean): Promise<readonly [Socket, Socket]> {
  const options = { allowHalfOpen: true, cert, key };
  const server = tls ? createTlsServer(options) : createServer(options);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const to = { port, host: "127.0.0.1", allowHalfOpen: true, rejectUnauthorized: false };
  const connected = tls ? connectTls(to) : connectTcp(to);
  const [accepted] = (await once(server, tls ? "secureConnection" : "connection")) as [Socket];
  for (const one of [accepted, connected]) one.on("error", () => undefined);
  t.teardown(() => {
    server.close();
    accepted.destroy();
    connected.destroy();
  });
  return [accepted, connected];
}

for (const tls of [false, true])
  for (const by of ["accepted", "connected"] as const)
    for (const state of [
      "idle",
      "half-closed a moment ago",
      "writing to a peer that does not read",
    ])
      t.test(`${tls ? "TLS" : "TCP"}, ${by}, ${state}`, async (t) => {
        const [accepted, connected] = await given(t, tls);
        const [own, peer] = by === "accepted" ? [accepted, connected] : [connected, accepted];
        if (state.startsWith("writing")) own.write(Buffer.alloc(8 * 1024 * 1024));
        else peer.resume();
        if (state.startsWith("half")) own.end("last words");
        const half = state.startsWith("half");
        const closed = once(own, "close");
        const seen = new Promise<string>((resolve) => {
          peer.on("error", ({ code }: NodeJS.ErrnoException) => resolve(code ?? ""));
          peer.on("end", () => resolve("end"));
        });
        if (tls) {
          allowReset(own as TLSSocket);
          own.resetAndDestroy();
        } else resetNow(own);
        await closed;
        peer.resume();
        const outcome = await seen;
        // Node reports a reset of an accepted TLS connection as an end.
        t.ok(half || (tls && by === "connected") || outcome === "ECONNRESET", outcome);
      });
