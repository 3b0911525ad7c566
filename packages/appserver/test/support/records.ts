// The tests that every implementation of `SessionRecords` must pass.
import type { Test } from "tap";
import type { SessionRecords } from "../../src/sessions/store.ts";

/**
 * Fails the test `t` when `records` breaks the contract. `purges` is true for a store that deletes
 * expired records only in `purge` (a database), and false for a store that deletes them by itself
 * (Redis).
 */
export async function recordsContract(
  t: Test,
  records: SessionRecords,
  { purges }: { purges: boolean },
): Promise<void> {
  const now = 1_700_000_000_000;
  const [key, other] = ["a".repeat(64), "b".repeat(64)];
  const stored = async (id: string, at = now) => (await records.read(id, at))?.value;
  t.equal(await stored(key), undefined, "unknown");
  await records.create(key, { value: '{"user":1}', expires: now + 60_000 }, now);
  t.equal(await stored(key), '{"user":1}');
  await records.replace(key, { value: '{"user":"ü🙂"}', expires: now + 70_000 }, now);
  t.equal(await stored(key), '{"user":"ü🙂"}', "replaced");
  await records.touch(key, now + 3_600_000, now);
  const { expires = 0 } = (await records.read(key, now)) ?? {};
  t.ok(Math.abs(expires - now - 3_600_000) < 60_000, "touched");
  await records.create(other, { value: "{}", expires: now + 1 }, now);
  if (purges) {
    t.equal(await stored(other, now + 2), undefined, "expired before it is purged");
    t.equal(await records.purge(now + 2), 1);
  }
  await records.remove(key);
  await records.remove(key);
  t.equal(await stored(key), undefined, "removed");
  await records.replace(key, { value: "{}", expires: now + 60_000 }, now);
  await records.touch(key, now + 60_000, now);
  t.equal(await stored(key), undefined, "a removed record stays removed");
}
