// The cache's bounds, and what it does when the folder changes under it.
import { renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@tandem/transport";
import t from "tap";
import { CachedFile, SMALL_BYTES } from "./cached-file.ts";
import { OpenFileCache } from "./open-file-cache.ts";

function movable() {
  let now = 0;
  const clock = { ...systemClock, now: () => now };
  return {
    clock,
    pass(ms: number) {
      now += ms;
    },
  };
}

t.test("memory is bounded, the least recently used goes first", async (t) => {
  const names = Array.from({ length: 50 }, (_, i) => `${i}.txt`);
  const root = t.testdir(
    Object.fromEntries(names.map((name) => [name, Buffer.alloc(SMALL_BYTES)])),
  );
  const limit = 512 * 1024;
  const cache = new OpenFileCache(movable().clock, limit);
  for (const name of names) {
    await cache.find(root, name);
    t.ok(cache.usage.bytes <= limit);
    cache.fresh(root, "0.txt");
  }
  t.ok(cache.usage.files > 5);
  t.ok(cache.fresh(root, "0.txt"), "used all the time");
  t.notOk(cache.fresh(root, "1.txt"), "not used again");
});

t.test("what is missing is not kept, whatever is asked for", async (t) => {
  const root = t.testdir({});
  const cache = new OpenFileCache(movable().clock);
  for (let i = 0; i < 100; i++) {
    t.match(await cache.find(root, `${i}`), { missing: "ENOENT", folder: false });
  }
  t.same(cache.usage, { bytes: 0, files: 0 });
});

t.test("simultaneous requests for one file share one read", async (t) => {
  const root = t.testdir({ "a.txt": "a" });
  const cache = new OpenFileCache(movable().clock);
  const found = await Promise.all(Array.from({ length: 100 }, () => cache.find(root, "a.txt")));
  t.equal(new Set(found).size, 1);
});

t.test("an entry is believed for a second, and kept while it is true", async (t) => {
  const root = t.testdir({ "a.txt": "a" });
  const { clock, pass } = movable();
  const cache = new OpenFileCache(clock);
  const first = await cache.find(root, "a.txt");
  pass(999);
  t.equal(cache.fresh(root, "a.txt"), first);
  pass(1);
  t.equal(cache.fresh(root, "a.txt"), undefined);
  t.equal(await cache.find(root, "a.txt"), first, "unchanged: the same entry");
  t.equal(cache.fresh(root, "a.txt"), first);
  writeFileSync(join(root, "a.txt"), "changed");
  const second = await cache.find(root, "a.txt");
  t.equal(second instanceof CachedFile && second.body?.toString(), "changed");
});

t.test("a root that is a link to a release may be switched", async (t) => {
  const folder = t.testdir({ one: { "a.txt": "one" }, two: { "a.txt": "two" } });
  const root = join(folder, "current");
  symlinkSync("one", root);
  const cache = new OpenFileCache(movable().clock);
  const body = async () => {
    const found = await cache.find(root, "a.txt");
    return found instanceof CachedFile ? found.body?.toString() : found.missing;
  };
  t.equal(await body(), "one");
  symlinkSync("two", join(folder, "next"));
  renameSync(join(folder, "next"), root);
  t.equal(await body(), "two");
});

t.test("an entry of a large file has no body", async (t) => {
  const root = t.testdir({ "large.bin": Buffer.alloc(SMALL_BYTES + 1) });
  const cache = new OpenFileCache(movable().clock);
  const file = await cache.find(root, "large.bin");
  if (!(file instanceof CachedFile)) throw new Error("not found");
  t.equal(file.body, undefined);
  t.ok(cache.usage.bytes < 2048);
  const hash = await file.hash();
  t.equal(hash.length, 64);
  t.equal(file.hash(), hash, "known from now on, without waiting");
});
