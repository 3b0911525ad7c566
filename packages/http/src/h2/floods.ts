// Counts what a peer does that costs us work and brings none done, and names each flood. A peer beyond a limit loses its
// connection with the code ENHANCE_YOUR_CALM (RFC 9113 §10.5).
import { Allowance } from "./allowance.ts";
import type { H2Failure } from "./error-code.ts";
import { calm } from "./faults.ts";
import { PING, PRIORITY, SETTINGS, WINDOW_UPDATE } from "./frame-type.ts";
import type { H2Limits } from "./limits.ts";
import { UpdateCredit } from "./update-credit.ts";

/** How many frames without work the peer may send for each DATA frame of ours: clients of gRPC measure with PINGs. */
const IDLE_PER_FRAME = 4;

/** Why a stream ended early by the peer's doing. All of them share one allowance. */
const EARLY_ENDS = {
  /** The peer reset a stream that was not answered (CVE-2023-44487). */
  "rapid-reset": "Too many streams were reset",
  /** A fault of the peer made us reset the stream (CVE-2025-8671). */
  "made-you-reset": "Too many streams have ended by faults of the peer",
  /** A stream was more than the peer may have open at once. */
  "stream-flood": "Too many streams beyond those that may be open at once",
  /** A request was malformed, or larger than the limits. */
  "bad-request-flood": "Too many requests were refused",
} as const;

export type EarlyEnd = keyof typeof EARLY_ENDS;

/** The frames that bring no work: the names of each and of its flood, by its type. All of them share one allowance. */
const IDLE_FRAMES = new Map<number, readonly [frame: string, flood: string]>([
  [SETTINGS, ["SETTINGS", "settings-flood"]],
  [PING, ["PING", "ping-flood"]],
  [PRIORITY, ["PRIORITY", "priority-flood"]],
  [WINDOW_UPDATE, ["WINDOW_UPDATE", "window-update-flood"]],
]);
const OTHER_FRAME = ["unknown", "idle-frame-flood"] as const;

export class Floods {
  /** What is left of the frames that bring no work. Work that is done gives some back. */
  readonly #idle: Allowance;
  readonly #updates = new UpdateCredit();
  readonly #early: Allowance;

  constructor(limits: H2Limits, now: number) {
    this.#idle = new Allowance(limits.idleFrames, now);
    this.#early = new Allowance(limits.resets, now);
  }

  /** Counts a DATA frame of ours: it allows the peer some frames. */
  sent(bytes: number): void {
    this.#idle.give(IDLE_PER_FRAME);
    this.#updates.sent(bytes);
  }

  /** Counts a stream that ended early by the peer's doing. Returns what ends the connection. */
  earlyEnd(why: EarlyEnd, now: number): H2Failure | undefined {
    return this.#early.take(now) ? undefined : calm(why, EARLY_ENDS[why]);
  }

  /** Counts a frame of this type that brings no work. Returns what ends the connection. */
  idleFrame(type: number, now: number): H2Failure | undefined {
    if (type === WINDOW_UPDATE && this.#updates.take()) return undefined;
    const [frame, flood] = IDLE_FRAMES.get(type) ?? OTHER_FRAME;
    return this.#idleFrame(flood, `${frame} frames without work`, now);
  }

  /** Counts a DATA frame that has neither data nor the end of its stream (CVE-2019-9518). */
  emptyData(now: number): H2Failure | undefined {
    return this.#idleFrame("empty-data-flood", "empty DATA frames", now);
  }

  /** Counts a frame on a stream that is closed already. */
  lateFrame(now: number): H2Failure | undefined {
    return this.#idleFrame("late-frame-flood", "frames on streams that are closed", now);
  }

  #idleFrame(flood: string, what: string, now: number): H2Failure | undefined {
    if (this.#idle.take(now)) return undefined;
    return calm(flood, `Too many ${what}`);
  }
}
