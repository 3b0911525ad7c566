// Tests the facts that a listener reports about a connection: the addresses of both ends, and the facts that TLS
// negotiated.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import t, { type Test } from "tap";
import { certificate } from "../../test/certificate.ts";
import type { ListenerTls } from "../tls/listener-tls.ts";
import type { Accepted } from "./accepted.ts";
import { Listener } from "./listener.ts";

const read = ({ cert, key }: ReturnType<typeof certificate>) => ({
  cert: readFileSync(cert),
  key: readFileSync(key),
});
const [site, client] = [read(certificate("site.test")), read(certificate("client.test"))];

async function given(t: Test, tls?: ListenerTls) {
  const accepted: Accepted[] = [];
  const listener = new Listener({
    address: { host: undefined, port: 0 },
    ...(tls && { tls }),
    accepted: (one) => void accepted.push(one),
  });
  await listener.listen();
  t.teardown(() => {
    listener.stop();
    for (const { socket } of accepted) socket.destroy();
  });
  /** Waits for the next connection that the listener hands over. */
  const next = async (): Promise<Accepted> => {
    for (;;) {
      const one = accepted.pop();
      if (one !== undefined) return one;
      await new Promise(setImmediate);
    }
  };
  return { port: listener.port, next };
}

t.test("a plain connection has the addresses of both ends, and no TLS facts", async (t) => {
  const { port, next } = await given(t);
  const socket = connectTcp({ port, host: "127.0.0.1" });
  const accepted = await next();
  t.match(accepted, { address: "127.0.0.1", port: socket.localPort, tls: undefined });
  t.same([accepted.localAddress, accepted.localPort], ["127.0.0.1", port]);
  socket.destroy();
});

async function shaken(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options });
  await once(socket, "secureConnect");
  return socket;
}

t.test("the TLS facts are known, also after the connection has closed", async (t) => {
  const { port, next } = await given(t, { fallback: { ...site, ALPNProtocols: ["http/1.1"] } });
  const ALPNProtocols = ["h2", "http/1.1"];
  const socket = await shaken(port, { servername: "Site.test", ALPNProtocols });
  const accepted = await next();
  t.match(accepted, { address: "127.0.0.1", port: socket.localPort });
  const { tls } = accepted;
  const facts = () => [tls?.version, tls?.cipher, tls?.serverName, tls?.alpn, tls?.resumed];
  const cipher = socket.getCipher().standardName;
  t.same(facts(), ["TLSv1.3", cipher, "Site.test", "http/1.1", false]);
  t.equal(tls?.clientCertificate, undefined);
  accepted.socket.destroy();
  await once(accepted.socket, "close");
  t.same(facts(), ["TLSv1.3", cipher, "Site.test", "http/1.1", false]);
  socket.destroy();
});

t.test("a TLS fact that was not read before the close is unknown, without an error", async (t) => {
  const { port, next } = await given(t, { fallback: site });
  const socket = await shaken(port, {});
  const { tls, socket: ours } = await next();
  ours.destroy();
  await once(ours, "close");
  t.same(
    [tls?.version, tls?.cipher, tls?.resumed, tls?.clientCertificate],
    ["", "", false, undefined],
  );
  t.same([tls?.serverName, tls?.alpn], [undefined, undefined]);
  socket.destroy();
});

t.test("the client's certificate is reported where one is optional", async (t) => {
  const asking = { requestCert: true, rejectUnauthorized: false };
  const { port, next } = await given(t, { fallback: { ...site, ...asking, ca: client.cert } });
  const socket = await shaken(port, client);
  const { tls } = await next();
  t.match(tls?.clientCertificate, { subject: "CN=client.test", issuer: "CN=client.test" });
  t.match(tls?.clientCertificate?.fingerprint, /^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/);
  socket.destroy();
});

t.test("a resumed TLS session is reported as resumed", async (t) => {
  const { port, next } = await given(t, { fallback: site });
  const first = await shaken(port, {});
  const [session] = await once(first.resume(), "session");
  t.equal((await next()).tls?.resumed, false);
  const second = await shaken(port, { session });
  t.equal((await next()).tls?.resumed, true);
  first.destroy();
  second.destroy();
});
