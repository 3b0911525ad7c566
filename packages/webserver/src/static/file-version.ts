// Which version of a file this is. Size and modification time do not tell: `cp -p`, `rsync --inplace`, container
// images and reproducible builds put other bytes under the same two. The change time (ctime) does, since every
// write moves it and no program can set it. Two writes within one tick of the clock leave it as it is, so a
// version is settled only some time after its last change (what git calls racily clean).
import type { BigIntStats } from "node:fs";

/** Longer than the grain of any clock a file system has: ticks of the kernel (10 ms), ext3 (1 s), FAT (2 s). */
const GRAIN_MS = 2000;

/** Equal for the same version of the same file. */
export function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}

/** When the bytes came into place, in milliseconds since 1970. */
export function changedAt({ ctimeNs }: BigIntStats): number {
  return Number(ctimeNs / 1_000_000n);
}

/**
 * Whether the stats, taken at `wall`, would have changed with any other bytes. False for a change that is too
 * recent, and for one that lies in the future because the clock was set back.
 */
export function settled(stats: BigIntStats, wall: number): boolean {
  return wall - changedAt(stats) >= GRAIN_MS;
}
