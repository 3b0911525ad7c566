// Tests which servers an algorithm may choose from: subsets together with backups, and slow start when the clock
// changes.
import type { BackendConfig } from "@tandem/config";
import { configSchema } from "@tandem/config/schema";
import { systemRng } from "@tandem/transport";
import t from "tap";
import { allocateShared, memoryOf, stateSinceOf } from "../memory/shared-memory.ts";
import { Server } from "../server/server.ts";
import { limitOf, weigh } from "./weigh.ts";

function given(balance: object): { servers: readonly Server[]; config: BackendConfig } {
  const server = (port: number, backup: boolean) => ({ address: `127.0.0.1:${port}`, backup });
  const { balancer } = configSchema.parse({
    site: "test",
    balancer: {
      frontends: { front: { bind: "127.0.0.1:0", routes: [{ backend: "web" }] } },
      backends: {
        web: {
          balance,
          servers: {
            a: server(1, false),
            b: server(2, false),
            c: server(3, true),
            d: server(4, true),
          },
        },
      },
    },
  });
  const config = balancer?.backends.web;
  if (balancer === undefined || config === undefined) throw new Error("no backend");
  const memory = memoryOf(allocateShared(balancer, 1, systemRng).backends, "web");
  const servers = Object.entries(config.servers).map(
    ([name, one]) =>
      new Server(name, one, one.backup, memoryOf(memory.servers, name), 0, () => undefined),
  );
  return { servers, config };
}

t.test("a subset never consists of backups while others are up", async (t) => {
  const { servers, config } = given({
    algorithm: "random",
    subset: { method: "rendezvous", size: 2 },
  });
  for (let box = 0; box < 40; box++) {
    const chosen = weigh(servers, config, `box${box}`, 0).servers;
    const names = chosen.map(({ name }) => name).sort();
    t.same(names, ["a", "b"], `box${box}`);
  }
});

t.test("a clock that is set back does not put warm servers into slow start", async (t) => {
  const { servers, config } = given({
    algorithm: "random",
    slowStart: { window: "60s", curve: "linear" },
  });
  const [first] = servers;
  if (first === undefined) throw new Error("no server");
  const since = stateSinceOf(first.memory);
  since[0] = 1_000_000;
  first.configure({ ...first.config, maxConnections: 10 }, false);
  const at = (now: number) => [
    weigh(servers, config, "", now).weights[0],
    limitOf(first, config, now),
  ];
  t.same(at(1_030_000), [first.fullWeight / 2, 5]);
  t.same(at(400_000), [first.fullWeight, 10]);
});
