// A server of HTTP/2 resets a stream in the middle of its answer.
import t from "tap";
import { get, givenBalancer, rawClient, until } from "./given.ts";
import { givenFrameServer, TYPE } from "./given-frames.ts";
import { askH2, openH2 } from "./given-h2.ts";

const H2 = { proto: "h2", check: false } as const;
const INTERNAL_ERROR = 2;

t.test("RST_STREAM within the answer: the client sees that it was cut, others go on", async (t) => {
  const ids: number[] = [];
  await using server = await givenFrameServer((_, { type, id }) => {
    if (type === TYPE.headers) ids.push(id);
  });
  await using balancer = await givenBalancer([server.port], H2);
  using cut = await rawClient(balancer.port);
  cut.send("GET /cut HTTP/1.1\r\nHost: x\r\n\r\n");
  await until(() => ids.length === 1);
  const other = get(balancer.port, "/other");
  await until(() => ids.length === 2);
  const [peer] = server.peers;
  peer?.answer(1, "half", true);
  await cut.received(/half/);
  peer?.reset(1, INTERNAL_ERROR);
  t.notMatch(await cut.closed(), /\r\n0\r\n\r\n$/, "without its last chunk");
  peer?.answer(3, "whole");
  t.match(await other, /whole/);
  t.match((await balancer.log(2))[0], / SD-- /);
});

t.test(
  "RST_STREAM that comes with the beginning of the answer: the client gets a 502",
  async (t) => {
    await using server = await givenFrameServer((peer, { type, id }) => {
      if (type !== TYPE.headers) return;
      peer.socket.cork();
      peer.answer(id, "half", true);
      peer.reset(id, INTERNAL_ERROR);
      peer.socket.uncork();
    });
    for (const proto of ["h1", "h2"] as const) {
      await using balancer = await givenBalancer([server.port], H2, { proto });
      if (proto === "h1") t.match(await get(balancer.port, "/"), /^HTTP\/1\.1 502 /);
      else {
        const session = openH2(balancer.port);
        t.match(await askH2(session), { head: { ":status": 502 } });
        session.destroy();
      }
      t.match((await balancer.log(1))[0], / 502 .* SH-- /);
    }
  },
);
