// A reload while filters keep requests waiting: each request ends once, and follows the routes that are in force when
// it continues.
import { configSchema } from "@tandem/config/schema";
import type { Filter } from "@tandem/filters";
import { systemClock, systemRng } from "@tandem/transport";
import t from "tap";
import { DataPlane } from "../src/data/data-plane.ts";
import { allocateShared } from "../src/memory/shared-memory.ts";
import { givenOrigin, rawClient, until } from "./given.ts";

t.test("a request that a filter holds over a reload follows the new routes", async (t) => {
  await using before = await givenOrigin((_, response) => response.end("before"));
  await using after = await givenOrigin((_, response) => response.end("after"));
  const configured = (backend: string, port: number, refuseEncoded: readonly string[]) => {
    const { balancer } = configSchema.parse({
      site: "test",
      balancer: {
        frontends: {
          front: { bind: "127.0.0.1:0", routes: [{ backend, refuseEncoded: [...refuseEncoded] }] },
        },
        backends: {
          [backend]: { servers: { s1: { address: `127.0.0.1:${port}` } }, check: false },
        },
      },
    });
    if (balancer === undefined) throw new Error("the test's configuration has no balancer");
    return balancer;
  };
  const held: (() => void)[] = [];
  const holding: Filter = {
    name: "holding",
    request: ({ path }) =>
      path.startsWith("/held")
        ? new Promise((resolve) => held.push(() => resolve(undefined)))
        : undefined,
    response: ({ fields }) => fields.set("X-Held", "1"),
  };
  const endings: string[] = [];
  const config = configured("old", before.port, []);
  const plane = new DataPlane({
    ...{ config, memory: allocateShared(config, 1, systemRng), thread: 0, box: "test" },
    ...{ clock: systemClock, rng: systemRng, sharePorts: false },
    ticketSecret: new Uint8Array(48),
    filters: [holding],
    log: ({ target, status, backend }) => endings.push(`${target} ${status} ${backend}`),
  });
  t.teardown(() => plane.stop());
  const { front: port = 0 } = await plane.listen();
  using one = await rawClient(port);
  using two = await rawClient(port);
  one.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
  two.send("GET /held%2Fx HTTP/1.1\r\nHost: a\r\n\r\n");
  await until(() => held.length === 2);
  const next = configured("new", after.port, ["%2F"]);
  await plane.prepare(next, allocateShared(next, 1, systemRng));
  plane.commit();
  for (const goOn of held) goOn();
  t.match(await one.received(/after$/), /X-Held: 1\r\n/, "the answer passes through the filter");
  t.match(
    await two.received(/<\/html>/),
    /^HTTP\/1\.1 400 /,
    "a request that the new route refuses is refused",
  );
  t.same(endings.toSorted(), ["/held 200 new", "/held%2Fx 400 front"]);
  t.equal(before.requests.length, 0);
});
