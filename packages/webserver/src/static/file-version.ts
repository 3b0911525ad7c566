// Distinguishes the versions of a file. Size and modification time are not enough: `cp -p`, `rsync --inplace`,
// container images and reproducible builds write other bytes with the same size and time. The change time (ctime)
// shows such a write, because every write changes the ctime and no program can set it. But two writes within one tick
// of the clock give the same ctime. So a version is settled only some time after its last change (git calls an
// unsettled file racily clean).
import type { BigIntStats } from "node:fs";

/**
 * How long after its last change a version is settled. It is at least the resolution of every file system's clock:
 * ticks of the kernel (10 ms), ext3 (1 s), FAT (2 s).
 */
const GRAIN_MS = 2000;

/** Returns a text that is equal for the same version of the same file. */
export function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}

/** Returns when the file was last changed or moved to its place, in milliseconds since 1970. */
export function changedAt({ ctimeNs }: BigIntStats): number {
  return Number(ctimeNs / 1_000_000n);
}

/**
 * Whether every later change of the file will change its stats. `stats` were taken at the time `wall`. False when the
 * last change is too recent, or is in the future because the clock was set back.
 */
export function settled(stats: BigIntStats, wall: number): boolean {
  return wall - changedAt(stats) >= GRAIN_MS;
}
