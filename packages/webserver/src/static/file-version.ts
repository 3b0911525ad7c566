// Distinguishes the versions of a file. Size and modification time are not enough: `cp -p`, `rsync
// --inplace`, container images and reproducible builds write other bytes with the same size and time. The
// change time (ctime) shows it, because every write changes it and no program can set it. But two writes
// within one tick of the clock give the same ctime. So a version is settled only some time after its last
// change (git calls an unsettled file racily clean).
import type { BigIntStats } from "node:fs";

/**
 * At least the resolution of every file system's clock: ticks of the kernel (10 ms), ext3 (1 s), FAT (2 s).
 */
const GRAIN_MS = 2000;

/** A text that is equal for the same version of the same file. */
export function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}

/** When the file was last changed or moved to its place, in milliseconds since 1970. */
export function changedAt({ ctimeNs }: BigIntStats): number {
  return Number(ctimeNs / 1_000_000n);
}

/**
 * Whether every later change of the file changes its stats, which were taken at `wall`. False when the last
 * change is too recent, or is in the future because the clock was set back.
 */
export function settled(stats: BigIntStats, wall: number): boolean {
  return wall - changedAt(stats) >= GRAIN_MS;
}
