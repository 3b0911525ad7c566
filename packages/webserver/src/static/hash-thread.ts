// Runs in a thread of its own, and computes the hashes of large files there. Files are read
// synchronously, because the thread has nothing else to do meanwhile.
import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import type { HashJob } from "./content-hashes.ts";
import { versionOf } from "./file-version.ts";
import { OPEN_FLAGS } from "./open-flags.ts";

const BUFFER = Buffer.allocUnsafeSlow(1024 * 1024);

parentPort?.on("message", (job: HashJob) => parentPort?.postMessage(hashOf(job)));

/** Returns the hash of this version only: a file to which the path leads meanwhile is another version, by its inode. */
function hashOf({ path, version }: HashJob): string | undefined {
  try {
    const fd = openSync(path, OPEN_FLAGS);
    try {
      const same = () => versionOf(fstatSync(fd, { bigint: true })) === version;
      if (!same()) return undefined;
      const hash = hashContent(fd);
      return same() ? hash : undefined; // undefined = the file was written to while it was being read
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined; // the file is gone or cannot be read; the client's request will report that
  }
}

function hashContent(fd: number): string {
  const hash = createHash("sha256");
  for (let count = readSync(fd, BUFFER); count > 0; count = readSync(fd, BUFFER)) {
    hash.update(BUFFER.subarray(0, count));
  }
  return hash.digest("hex");
}
