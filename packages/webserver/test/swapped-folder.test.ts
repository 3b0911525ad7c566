// A folder inside the root is replaced by a link that leaves the root, and put back, again and again while requests
// for its files are answered. No answer may have anything from outside. The number of requests is the bound.
import { once } from "node:events";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import t, { type Test } from "tap";
import { ask, start } from "./support.ts";

const REQUESTS = 2000;
const AT_ONCE = 8;
const INSIDE = "inside";
const OUTSIDE = "outside";
/** Too large to be kept in memory. */
const LARGE = 100_000;

/**
 * Swaps `d` and `link` in the folder `root` until the first number of `state` is 1. Counts the swaps in the second. The
 * waits of 20 µs let the webserver work between two swaps: on a busy machine both would have their turns one after the
 * other otherwise, and no swap would fall between the check of a path and its opening.
 */
const SWAPPING = `
const { renameSync } = require("node:fs");
const { root, state } = require("node:worker_threads").workerData;
const move = (from, to) => renameSync(root + "/" + from, root + "/" + to);
while (Atomics.load(state, 0) === 0) {
  move("d", "real"); move("link", "d");
  Atomics.add(state, 1, 1);
  Atomics.wait(state, 0, 0, 0.02);
  move("d", "link"); move("real", "d");
  Atomics.wait(state, 0, 0, 0.02);
}
`;

/** Swaps in another thread, until it is disposed. */
function swap(root: string) {
  const state = new Int32Array(new SharedArrayBuffer(8));
  const thread = new Worker(SWAPPING, { eval: true, workerData: { root, state } });
  const ended = once(thread, "exit"); // rejects when the thread fails
  return {
    swaps: () => Atomics.load(state, 1),
    async [Symbol.asyncDispose]() {
      Atomics.store(state, 0, 1);
      await ended;
    },
  };
}

function site(t: Test): string {
  const folder = (from: string) => ({
    "small.txt": from,
    "large.bin": Buffer.alloc(LARGE, from),
    [`${from}.txt`]: "",
    sub: { [`${from}.txt`]: "" },
  });
  const top = t.testdir({ root: { d: folder(INSIDE) }, private: folder(OUTSIDE) });
  symlinkSync("../private", join(top, "root", "link"));
  return join(top, "root");
}

const ASKED: readonly {
  readonly path: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly length?: number;
}[] = [
  { path: "/d/small.txt", status: 200, length: INSIDE.length },
  { path: "/d/large.bin", status: 200, length: LARGE },
  { path: "/d/large.bin", fields: { Range: "bytes=70000-70099" }, status: 206, length: 100 },
  { path: "/d/large.bin", fields: { "If-None-Match": '"other"' }, status: 200, length: LARGE },
  { path: "/d/", status: 200 },
  { path: "/d/sub/", status: 200 },
];

t.test("nothing from outside is sent while a folder is swapped with a link", async (t) => {
  const root = site(t);
  const { port } = await start(t, {
    locations: [{ path: "/", root, browse: true }],
    openFileCache: { valid: "0ms" },
  });
  const outcomes = new Map<string, number>();
  const count = (outcome: string) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  const judge = async ({ path, fields, status, length }: (typeof ASKED)[number]) => {
    const answer = await ask(port, path, fields);
    if (answer.body.includes(OUTSIDE)) count("from outside");
    else if (answer.status === 404 || answer.status === 503) count("none");
    else if (answer.status !== status) count(`${path}: ${answer.status}`);
    else if (length !== undefined && answer.body.length !== length) count(`${path}: cut off`);
    else if (!answer.body.includes(INSIDE)) count(`${path}: empty`);
    else count("from inside");
  };
  {
    await using swapping = swap(root);
    const requests = Array.from({ length: REQUESTS }, (_, at) => ASKED[at % ASKED.length]).values();
    const client = async () => {
      for (const asked of requests) if (asked !== undefined) await judge(asked);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, client));
    t.ok(swapping.swaps() > 0);
  }
  const { "from inside": inside = 0, none = 0, ...wrong } = Object.fromEntries(outcomes);
  t.same(wrong, {});
  t.ok(inside > 0 && none > 0, `${inside} from inside, ${none} none`);
});
