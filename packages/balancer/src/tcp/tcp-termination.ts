// HAProxy's termination state for a connection in TCP mode: the cause, then the phase (Q queue, C connect, D data). See
// HAProxy's manual, section 8.5. The connection has no request, so the third and fourth characters are left out.
import type { Closing } from "@tandem/transport";

export type TcpPhase = "queue" | "connect" | "data";

const PHASES: Readonly<Record<TcpPhase, string>> = { queue: "Q", connect: "C", data: "D" };

const NORMAL = ["--", ""] as const;

/** Returns the state and the cause in words for a connection that was ended by a side, or by a stop of the tier. */
export function tcpTermination(
  by: "client" | "server",
  how: Closing,
  phase: TcpPhase,
): readonly [termination: string, cause: string] {
  const letter = by === "client" ? "C" : "S";
  const at = PHASES[phase];
  switch (how) {
    case "stopped":
      return [`K${at}`, "the proxy was stopped, or a reload took the server or frontend out"];
    case "timed-out":
      return [`${letter.toLowerCase()}${at}`, `no traffic on the ${by}'s side for too long`];
    case "reset":
      return [`${letter}${at}`, `the ${by} reset the connection`];
    case "closed":
      return phase === "data" ? NORMAL : [`${letter}${at}`, `the ${by} closed the connection`];
  }
}
