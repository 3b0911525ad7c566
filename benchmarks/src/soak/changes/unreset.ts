// What failed, without what the kernel of this machine may do.
import { readFileSync } from "node:fs";
import type { Phase } from "./changes.ts";

/** The kinds of changes at which a port of a balancer is closed. */
const CLOSING: readonly string[] = ["balancer", "upgrade"];

/**
 * Returns what failed in a phase. Without `net.ipv4.tcp_migrate_req` the kernel resets connections that a listener has
 * not accepted when it closes, and the client of a TCP connection cannot tell why. These resets are left out then.
 */
export function unreset({ kind, counts }: Phase): readonly string[] {
  const mayReset = CLOSING.includes(kind) && !migrates();
  return Object.entries(counts).flatMap(([protocol, { failed }]) =>
    mayReset && protocol === "short TCP"
      ? failed.filter((why) => !why.includes("ECONNRESET"))
      : failed,
  );
}

function migrates(): boolean {
  try {
    return readFileSync("/proc/sys/net/ipv4/tcp_migrate_req", "utf8").trim() === "1";
  } catch {
    return false;
  }
}
