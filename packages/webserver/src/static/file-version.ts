// Distinguishes the versions of a file. Size and modification time are not enough: `cp -p`,
// `rsync --inplace`, container images and reproducible builds write other bytes with the same size
// and time. The change time (ctime) shows such a write, because every write changes the ctime and
// no program can set it. But two writes within one tick of the clock give the same ctime. So a
// version counts as settled only some time after its last change: then every later write changes
// the ctime. (git calls a file that is not settled "racily clean".)
import type { BigIntStats } from "node:fs";

/**
 * How long after its last change a version counts as settled. File systems record times with a
 * resolution of up to 2 s: 10 ms with ticks of the kernel, 1 s on ext3, 2 s on FAT.
 */
const GRAIN_MS = 2000;

/** Returns a text for comparing versions: equal texts mean the same file, size and times. */
export function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}

/** Returns the change time (of the last write or renaming) in milliseconds since 1970. */
export function changedAt({ ctimeNs }: BigIntStats): number {
  return Number(ctimeNs / 1_000_000n);
}

/**
 * Whether every later change of the file will change its stats. `stats` were taken at the time
 * `wall` (milliseconds since 1970). Returns false when the last change is too recent, or is in the
 * future because the clock was set back.
 */
export function settled(stats: BigIntStats, wall: number): boolean {
  return wall - changedAt(stats) >= GRAIN_MS;
}
