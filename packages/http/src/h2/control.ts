// Frames about the connection itself: SETTINGS, PING, GOAWAY, and those that are ignored (RFC 9113 §6.5, §6.7, §6.8).
import { FRAME_SIZE_ERROR, H2Failure, NO_ERROR } from "./error-code.ts";
import { protocolFault } from "./faults.ts";
import type { FrameOutput } from "./frame-output.ts";
import { ACK, GOAWAY, PING, PUSH_PROMISE, SETTINGS } from "./frame-type.ts";
import { writeGoaway, writePing, writeSettingsAck } from "./frame-writer.ts";
import { PeerSettings, SETTING } from "./settings.ts";

/** What follows from control frames. */
export interface ControlHooks {
  readonly lastPeerStream: number;
  initialWindowChanged(by: number): H2Failure | undefined;
  headerTableChanged(bytes: number): void;
  peerGoesAway(last: number, code: number): void;
}

/** The highest id of a stream: GOAWAY with it says that all streams so far are served, and that no more should come. */
const ANY_STREAM = 0x7fff_ffff;
/** What our own PING carries. Any eight bytes would do. */
const DRAIN_PING = Buffer.from("draining", "latin1");
const GOAWAY_BYTES = 8;

export class Control {
  readonly peer = new PeerSettings();
  /** Whether the peer's first SETTINGS has come, which has to be its first frame (§3.4). */
  begun = false;
  /** How far the connection is with its own end: it was announced, and then no stream above `lastPeerStream` counts. */
  draining: "no" | "announced" | "last" = "no";
  readonly #hooks: ControlHooks;
  readonly #out: FrameOutput;
  #unacknowledged = 1;

  constructor(hooks: ControlHooks, out: FrameOutput) {
    this.#hooks = hooks;
    this.#out = out;
  }

  /** Returns whether a frame may be the first one. */
  begins(type: number, flags: number): boolean {
    this.begun = type === SETTINGS && (flags & ACK) === 0;
    return this.begun;
  }

  /**
   * Begins to end the connection (§6.8): the first GOAWAY asks for no more streams. Streams that are on their way are
   * still served; the answer to the PING says that none is left on the way, and then the last GOAWAY follows.
   */
  drain(): void {
    if (this.draining !== "no") return;
    this.draining = "announced";
    writeGoaway(this.#out.buffer, ANY_STREAM, NO_ERROR, "");
    writePing(this.#out.buffer, false, DRAIN_PING, 0);
  }

  /** Takes a frame other than DATA, HEADERS, CONTINUATION, RST_STREAM and WINDOW_UPDATE. */
  frame(
    type: number,
    flags: number,
    bytes: Buffer,
    from: number,
    to: number,
  ): H2Failure | undefined {
    if (type === SETTINGS) return this.#settings(flags, bytes, from, to);
    if (type === PING) return this.#ping(flags, bytes, from);
    if (type === GOAWAY) return this.#goaway(bytes, from, to);
    if (type === PUSH_PROMISE) return protocolFault("push", "PUSH_PROMISE, which is not enabled");
    return undefined; // PRIORITY has no meaning any more (§5.3.2), and unknown frames are ignored (§5.5)
  }

  #settings(flags: number, bytes: Buffer, from: number, to: number): H2Failure | undefined {
    if ((flags & ACK) !== 0) {
      if (from !== to) return badLength("SETTINGS with ACK", to - from);
      if (this.#unacknowledged-- > 0) return undefined;
      return protocolFault("stray-settings-ack", "SETTINGS was acknowledged that was not sent");
    }
    if ((to - from) % SETTING !== 0) return badLength("SETTINGS", to - from);
    const { initialWindow } = this.peer;
    for (let at = from; at < to; at += SETTING) {
      const failure = this.peer.set(bytes.readUInt16BE(at), bytes.readUInt32BE(at + 2));
      if (failure !== undefined) return failure;
    }
    this.#hooks.headerTableChanged(this.peer.headerTableSize);
    writeSettingsAck(this.#out.buffer);
    const change = this.peer.initialWindow - initialWindow;
    return change === 0 ? undefined : this.#hooks.initialWindowChanged(change);
  }

  #ping(flags: number, bytes: Buffer, from: number): H2Failure | undefined {
    if ((flags & ACK) === 0) writePing(this.#out.buffer, true, bytes, from);
    else if (this.draining === "announced" && DRAIN_PING.equals(bytes.subarray(from, from + 8))) {
      this.draining = "last";
      writeGoaway(this.#out.buffer, this.#hooks.lastPeerStream, NO_ERROR, "");
    }
    return undefined;
  }

  #goaway(bytes: Buffer, from: number, to: number): H2Failure | undefined {
    if (to - from < GOAWAY_BYTES) return badLength("GOAWAY", to - from);
    this.#hooks.peerGoesAway(bytes.readUInt32BE(from) & ANY_STREAM, bytes.readUInt32BE(from + 4));
    return undefined;
  }
}

function badLength(frame: string, bytes: number): H2Failure {
  return new H2Failure(FRAME_SIZE_ERROR, "bad-frame-length", `A ${frame} frame of ${bytes} bytes`);
}
