// The limits of the cache, and its behaviour when files in the folder change.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { renameSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@tandem/transport";
import t from "tap";
import { CachedFile, SMALL_BYTES } from "./cached-file.ts";
import { MediaTypes } from "./mime.ts";
import { OpenFileCache } from "./open-file-cache.ts";

/** Makes a cache with a clock that the test moves. The clock starts a minute after the files were written. */
function movable(maxBytes?: number) {
  let now = 0;
  const wall = Date.now() + 60_000;
  const clock = { ...systemClock, now: () => now, wall: () => wall + now };
  const options = { clock, validMs: 1000, types: new MediaTypes() };
  const cache = new OpenFileCache(maxBytes === undefined ? options : { ...options, maxBytes });
  return {
    cache,
    pass(ms: number) {
      now += ms;
    },
  };
}

async function found(cache: OpenFileCache, root: string, name: string): Promise<CachedFile> {
  const file = await cache.find(root, name);
  if (file instanceof CachedFile) return file;
  throw new Error(file.missing);
}

t.test("memory is limited; the least recently used file is dropped first", async (t) => {
  const names = Array.from({ length: 50 }, (_, i) => `${i}.txt`);
  const root = t.testdir(
    Object.fromEntries(names.map((name) => [name, Buffer.alloc(SMALL_BYTES)])),
  );
  const limit = 512 * 1024;
  const { cache } = movable(limit);
  for (const name of names) {
    await cache.find(root, name);
    t.ok(cache.usage.bytes <= limit);
    cache.fresh(root, "0.txt");
  }
  t.ok(cache.usage.files > 5);
  t.ok(cache.fresh(root, "0.txt"), "a file that is used often stays");
  t.notOk(cache.fresh(root, "1.txt"), "a file that is not used again is dropped");
});

t.test("names of missing files are not kept in the cache", async (t) => {
  const root = t.testdir({});
  const { cache } = movable();
  for (let i = 0; i < 100; i++) {
    t.match(await cache.find(root, `${i}`), { missing: "ENOENT", folder: false });
  }
  t.same(cache.usage, { bytes: 0, files: 0 });
});

t.test("simultaneous requests for one file share one read", async (t) => {
  const root = t.testdir({ "a.txt": "a" });
  const { cache } = movable();
  const all = await Promise.all(Array.from({ length: 100 }, () => cache.find(root, "a.txt")));
  t.equal(new Set(all).size, 1);
});

t.test("an entry is used for a second without a check, then kept if unchanged", async (t) => {
  const root = t.testdir({ "a.txt": "a" });
  const { cache, pass } = movable();
  const first = await cache.find(root, "a.txt");
  pass(999);
  t.equal(cache.fresh(root, "a.txt"), first);
  pass(1);
  t.equal(cache.fresh(root, "a.txt"), undefined);
  t.equal(
    await cache.find(root, "a.txt"),
    first,
    "the file is unchanged, so the entry is the same",
  );
  t.equal(cache.fresh(root, "a.txt"), first);
  writeFileSync(join(root, "a.txt"), "changed");
  const second = await cache.find(root, "a.txt");
  t.equal(second instanceof CachedFile && second.body?.toString(), "changed");
});

t.test("a root that is a link to a release may be switched to another release", async (t) => {
  const folder = t.testdir({ one: { "a.txt": "one" }, two: { "a.txt": "two" } });
  const root = join(folder, "current");
  symlinkSync("one", root);
  const { cache } = movable();
  const body = async () => (await found(cache, root, "a.txt")).body?.toString();
  t.equal(await body(), "one");
  symlinkSync("two", join(folder, "next"));
  renameSync(join(folder, "next"), root);
  t.equal(await body(), "two");
});

t.test("an entry of a large file has no body; its hash comes from another thread", async (t) => {
  const content = Buffer.alloc(3_000_000, "a film");
  const root = t.testdir({ "large.bin": content, "other.bin": Buffer.alloc(SMALL_BYTES + 1) });
  const { cache } = movable();
  const file = await found(cache, root, "large.bin");
  const other = await found(cache, root, "other.bin");
  t.equal(file.body, undefined);
  t.ok(cache.usage.bytes < 4096);
  t.equal(file.etag, undefined, "there is no tag before the hash is known");
  await Promise.all([file.computeHash(), other.computeHash(), file.computeHash()]);
  const hash = createHash("sha256").update(content).digest("hex");
  t.equal(file.hash, hash);
  t.equal(file.etag, `"${hash.slice(0, 32)}"`);
  t.equal(other.hash?.length, 64);
});

t.test("a file that cannot be hashed has no tag, and the next file has one", async (t) => {
  const large = (content: string) => Buffer.alloc(SMALL_BYTES + 1, content);
  const root = t.testdir({ "gone.bin": large("a"), "new.bin": large("b"), "good.bin": large("c") });
  const { cache } = movable();
  const gone = await found(cache, root, "gone.bin");
  const replaced = await found(cache, root, "new.bin");
  const good = await found(cache, root, "good.bin");
  renameSync(join(root, "gone.bin"), join(root, "moved.bin"));
  writeFileSync(join(root, "new.bin"), large("d"));
  await Promise.all([gone, replaced, good].map((file) => file.computeHash()));
  t.equal(gone.etag, undefined);
  t.equal(replaced.etag, undefined, "the content on disk is that of another version");
  t.match(good.etag, /^"[0-9a-f]{32}"$/);
});

t.test("other bytes with the same size and modification time are another version", async (t) => {
  for (const [size, at] of [
    [10, 1],
    [10, 1_700_000_000],
    [SMALL_BYTES + 1, 1_700_000_000],
  ] as const) {
    const root = t.testdir({ "a.bin": Buffer.alloc(size, "a"), "b.bin": Buffer.alloc(size, "b") });
    for (const name of ["a.bin", "b.bin"]) utimesSync(join(root, name), at, at);
    const { cache } = movable();
    const before = await found(cache, root, "a.bin");
    await before.computeHash();
    execFileSync("cp", ["-p", join(root, "b.bin"), join(root, "a.bin")]);
    const after = await found(cache, root, "a.bin");
    await after.computeHash();
    t.not(after, before);
    t.ok(before.etag !== undefined && after.etag !== undefined);
    t.not(after.etag, before.etag, `${size} bytes, written ${at} s after 1970`);
    t.ok(
      (before.modifiedAt ?? 0) > 1_700_000_000_000,
      "the date is the time when the file was put there",
    );
  }
});

t.test("a version younger than the resolution of its clock is not settled", async (t) => {
  const root = t.testdir({ "small.txt": "one", "large.bin": Buffer.alloc(SMALL_BYTES + 1) });
  for (const wall of [Date.now(), Date.now() - 3_600_000]) {
    const clock = { ...systemClock, now: () => 0, wall: () => wall };
    const cache = new OpenFileCache({ clock, validMs: 1000, types: new MediaTypes() });
    const small = await found(cache, root, "small.txt");
    t.equal(small.lastModified, undefined);
    t.match(
      small.etag,
      /^"/,
      "a small file has a tag, because the hash is that of the bytes that are sent",
    );
    t.not(
      await found(cache, root, "small.txt"),
      small,
      "the file is read again although its stats are the same",
    );
    const large = await found(cache, root, "large.bin");
    await large.computeHash();
    t.equal(large.etag, undefined);
  }
});
