import { once } from "node:events";
import { getHeapSpaceStatistics } from "node:v8";
import { Worker } from "node:worker_threads";
import t from "tap";
import { giveBackMemory } from "./give-back.ts";

const youngBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space")
    ?.physical_space_size ?? 0;

t.test(
  "the young generation that a start has grown is given back, and what is used stays",
  async (t) => {
    const kept = Array.from({ length: 200_000 }, (_, i) => ({ i, text: `${i}` }));
    let grown = youngBytes();
    // What lives while more is made makes V8 grow the young generation.
    for (let round = 0; round < 50 && grown < 8e6; round++) {
      JSON.parse(JSON.stringify(kept.slice(0, 50_000)));
      grown = youngBytes();
    }
    t.ok(grown >= 8e6, "it has grown", { grown });
    giveBackMemory();
    t.ok(youngBytes() < grown / 4, "it has shrunk", { grown, now: youngBytes() });
    t.equal(kept.at(-1)?.text, "199999");
  },
);

t.test("the function of V8 that collects is no global afterwards", async (t) => {
  giveBackMemory();
  t.notOk("gc" in globalThis);
});

t.test("threads that do it at the same time do not fail each other", async (t) => {
  const program = `
    const { parentPort, workerData } = require("node:worker_threads");
    import(workerData).then(({ giveBackMemory }) => {
      for (let i = 0; i < 10; i++) giveBackMemory();
      parentPort.postMessage("done");
    });`;
  const workerData = new URL("./give-back.ts", import.meta.url).href;
  const threads = Array.from({ length: 3 }, () => new Worker(program, { eval: true, workerData }));
  const ends = await Promise.all(threads.map((thread) => once(thread, "message")));
  t.same(ends, [["done"], ["done"], ["done"]]);
});
