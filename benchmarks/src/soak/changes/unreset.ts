// What failed, without what the kernel of this machine may do.
import { readFileSync } from "node:fs";
import type { Phase } from "./counts.ts";

/**
 * Returns what failed in a phase. When a listener closes, the kernel resets the connections that it has not accepted, and
 * the client of a TCP connection cannot tell why. In an upgrade `net.ipv4.tcp_migrate_req` prevents that: the kernel then
 * gives the connections to the new process. A balancer that is stopped alone leaves no other listener on its port. These
 * resets are left out.
 */
export function unreset({ kind, counts }: Phase): readonly string[] {
  const mayReset = kind === "balancer" || (kind === "upgrade" && !migrates());
  return Object.entries(counts).flatMap(([protocol, { failed }]) =>
    (mayReset && protocol === "short TCP"
      ? failed.filter((why) => !why.includes("ECONNRESET"))
      : failed
    ).map((why) => `${protocol}: ${why}`),
  );
}

/** A drain closes what was idle for 2 s, and clients use what was idle for less than 1 s. */
const MARGIN_MS = 1_000;

/**
 * Returns what failed in a phase. Where the machine stood still for longer than the margin, only wrong bytes are a failure:
 * connections and answers may have been late.
 */
export function unexcused(phase: Phase): readonly string[] {
  const late = phase.stallMs >= MARGIN_MS;
  return unreset(phase).filter((why) => !late || why.includes("came back"));
}

function migrates(): boolean {
  try {
    return readFileSync("/proc/sys/net/ipv4/tcp_migrate_req", "utf8").trim() === "1";
  } catch {
    return false;
  }
}
