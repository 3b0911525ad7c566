// One connection of HTTP/2 (RFC 9113), from either side: bytes become events of streams, and calls become bytes. It uses
// no socket and no clock: the owner passes on what it reads, says what time it is, and takes the bytes from the sink.
// What differs between the sides is in server-side.ts and client-side.ts.
import type { Fields } from "../message/fields.ts";
import { Allowance } from "./allowance.ts";
import { type BodyHooks, BodyReceiver } from "./body-receiver.ts";
import { Control } from "./control.ts";
import { COMPRESSION_ERROR, H2Failure, NO_ERROR } from "./error-code.ts";
import {
  calm,
  closedFault,
  idleStream,
  protocolFault,
  windowOverflow,
  withinHead,
} from "./faults.ts";
import { type EarlyEnd, Floods } from "./floods.ts";
import { type ByteSink, FrameOutput } from "./frame-output.ts";
import { FrameReader, type FrameSink } from "./frame-reader.ts";
import { CONTINUATION, END_STREAM, HEADERS, RST_STREAM, WINDOW_UPDATE } from "./frame-type.ts";
import {
  beginHeaders,
  endHeaders,
  writeGoaway,
  writeReset,
  writeSettings,
  writeWindowUpdate,
} from "./frame-writer.ts";
import { HeadFields } from "./head-fields.ts";
import { HeaderAssembly } from "./header-assembly.ts";
import { HpackDecoder } from "./hpack/decoder.ts";
import { HpackEncoder } from "./hpack/encoder.ts";
import type { H2Limits } from "./limits.ts";
import { RecentResets } from "./recent-resets.ts";
import { Sender, type SenderHooks } from "./sender.ts";
import { DEFAULT_WINDOW, MOST_WINDOW } from "./settings.ts";
import type { ConnectionOptions, Side } from "./side.ts";
import { H2Stream, type StreamOwner } from "./stream.ts";

/** The table for heads that we allow the peer: the default, so nothing changes with its acknowledgement. */
const TABLE_BYTES = 4096;

export class H2Connection implements FrameSink, SenderHooks, BodyHooks, StreamOwner {
  now: number;
  readonly streams = new Map<number, H2Stream>();
  readonly control: Control;
  readonly output: FrameOutput;
  readonly limits: H2Limits;
  /** The failure that has ended the connection; undefined while it goes on. */
  failure: H2Failure | undefined = undefined;
  readonly #side: Side;
  readonly #fields: HeadFields;
  readonly #reader = new FrameReader(this);
  readonly #assembly: HeaderAssembly;
  readonly #decoder = new HpackDecoder(TABLE_BYTES);
  readonly encoder = new HpackEncoder();
  readonly #sender: Sender;
  readonly #bodies: BodyReceiver;
  readonly #floods: Floods;
  readonly #recent = new RecentResets();
  /** What the peer has to send before its first frame, as far as it has not come. */
  #preface: string;
  /** How many bytes the last head took on the wire, without the headers of its frames. */
  headBytes = 0;
  /** The highest stream of the peer, for GOAWAY. */
  lastPeerStream = 0;

  constructor(sink: ByteSink, side: Side, options: ConnectionOptions) {
    const { limits, heads, now } = options;
    this.now = now;
    this.limits = limits;
    this.#side = side;
    this.#fields = new HeadFields(heads);
    this.output = new FrameOutput(sink);
    this.#assembly = new HeaderAssembly(2 * heads.head, limits.continuations);
    this.#floods = new Floods(limits, now);
    const tiny = new Allowance(limits.tinyFrames, now);
    this.#sender = new Sender(this.output, this, tiny, this.#floods);
    this.#bodies = new BodyReceiver(this, this.output, limits.connectionWindow);
    this.control = new Control(this, this.output);
    this.#preface = options.expects;
    this.output.buffer.text(options.sends);
    writeSettings(this.output.buffer, options.settings);
    writeWindowUpdate(this.output.buffer, 0, limits.connectionWindow - DEFAULT_WINDOW);
  }

  get maxFrame(): number {
    return this.control.peer.maxFrame;
  }

  /** Whether neither a stream is open nor a frame has begun. */
  get idle(): boolean {
    return this.streams.size === 0 && !this.#reader.started && this.#assembly.stream === 0;
  }

  /** Whether a head or another frame has begun whose end has not come. A DATA frame does not count. */
  get withinFrame(): boolean {
    return this.#reader.withinFrame || this.#assembly.stream !== 0;
  }

  /** Takes bytes of the peer. `now` is the time in milliseconds. Call `flush` afterwards. */
  receive(chunk: Buffer, now: number): void {
    if (this.failure !== undefined) return;
    this.now = now;
    let offset = 0;
    if (this.#preface !== "") {
      offset = Math.min(this.#preface.length, chunk.length);
      if (chunk.toString("latin1", 0, offset) !== this.#preface.slice(0, offset)) {
        this.fail(protocolFault("bad-preface", "The connection does not begin as HTTP/2 does"));
        return;
      }
      this.#preface = this.#preface.slice(offset);
    }
    const failure = this.#reader.read(chunk, offset);
    if (failure !== undefined) this.fail(failure);
  }

  /** Passes all frames that were written on to the sink. */
  flush(): void {
    this.output.flush();
  }

  /** Ends the connection for a fault of the peer: GOAWAY says which. */
  fail(failure: H2Failure): void {
    if (this.failure !== undefined) return;
    writeGoaway(this.output.buffer, this.lastPeerStream, failure.code, failure.fault);
    this.cut(failure);
  }

  /** Ends the connection without a fault of the peer. */
  leave(failure: H2Failure): void {
    if (this.failure !== undefined) return;
    writeGoaway(this.output.buffer, this.lastPeerStream, NO_ERROR, "");
    this.cut(failure);
  }

  /** Ends the connection and all streams, without a frame. */
  cut(failure: H2Failure): void {
    if (this.failure !== undefined) return;
    this.failure = failure;
    for (const stream of [...this.streams.values()]) this.#remove(stream, failure);
    this.#side.over(failure);
  }

  /** Opens a stream in the table. */
  open(id: number, bodyLength: number, remoteDone: boolean): H2Stream {
    const { initialWindow } = this.control.peer;
    const { streamWindow } = this.limits;
    const stream = new H2Stream(this, id, initialWindow, streamWindow, bodyLength, remoteDone);
    this.streams.set(id, stream);
    return stream;
  }

  /** Begins a head. Its fields are written by `encoder` to `output.buffer`, pseudo-header fields first. */
  beginHead(): number {
    const out = this.output.buffer;
    const begun = beginHeaders(out);
    this.encoder.begin(out);
    return begun;
  }

  /** Ends the head that `beginHead` has begun. `ends`: our half of the stream ends with it. */
  endHead(begun: number, stream: H2Stream, ends: boolean): void {
    endHeaders(this.output.buffer, begun, stream.id, ends, this.maxFrame);
    if (!ends) return;
    stream.ending = true;
    this.localEnded(stream);
  }

  writeTrailers(stream: H2Stream, trailers: Fields): void {
    const out = this.output.buffer;
    const begun = this.beginHead();
    for (let i = 0; i < trailers.length; i++) {
      this.encoder.field(out, trailers.keys[i] as string, trailers.value(i));
    }
    this.endHead(begun, stream, true);
  }

  // Implements FrameSink: the reader calls these methods.

  frame(
    type: number,
    flags: number,
    id: number,
    bytes: Buffer,
    from: number,
    to: number,
  ): H2Failure | undefined {
    if (this.failure !== undefined) return this.failure; // an earlier frame of the same read has ended it
    if (this.#assembly.stream !== 0 && type !== CONTINUATION) return withinHead();
    if (!this.control.begun && !this.control.begins(type, flags)) {
      return protocolFault("missing-settings", "The first frame is not SETTINGS");
    }
    if (type === HEADERS || type === CONTINUATION) {
      const take = type === HEADERS ? "headers" : "continuation";
      const complete = this.#assembly[take](flags, id, bytes, from, to);
      if (typeof complete !== "boolean") return complete;
      return complete ? this.#head(type === HEADERS ? id : this.#assembly.lastStream) : undefined;
    }
    if (type === RST_STREAM) return this.#peerReset(id, bytes.readUInt32BE(from));
    const flood = this.#floods.idleFrame(type, this.now);
    if (flood !== undefined) return flood;
    if (type !== WINDOW_UPDATE) return this.control.frame(type, flags, bytes, from, to);
    return this.#windowUpdate(id, bytes.readUInt32BE(from) & 0x7fff_ffff);
  }

  dataBegins(id: number, flags: number, length: number, data: number): H2Failure | undefined {
    if (this.failure !== undefined) return this.failure;
    if (this.#assembly.stream !== 0) return withinHead();
    if (!this.control.begun) return protocolFault("missing-settings", "DATA before SETTINGS");
    const ends = (flags & END_STREAM) !== 0;
    const stream = this.streams.get(id);
    return (
      this.#bodies.begin(stream, length, data, ends) ??
      (stream ? undefined : this.#dataOnClosed(id, length, ends))
    );
  }

  data(bytes: Buffer, from: number, to: number): void {
    this.#bodies.data(bytes, from, to);
  }

  dataEnds(): H2Failure | undefined {
    return this.#bodies.end();
  }

  /** Ends the peer's half of a stream. Returns what ends the connection. */
  remoteEnded(stream: H2Stream, trailers: Fields | undefined): H2Failure | undefined {
    if (stream.bodyLeft > 0) {
      const message = "The body is shorter than Content-Length says";
      return this.streamError(stream, protocolFault("short-body", message));
    }
    stream.remoteDone = true;
    stream.listener?.ended(trailers);
    if (stream.localDone) this.#remove(stream);
    return undefined;
  }

  emptyData(): H2Failure | undefined {
    return this.#floods.emptyData(this.now);
  }

  /** Ends a stream for a fault of the peer. Returns what ends the connection: too many such faults. */
  streamError(stream: H2Stream, failure: H2Failure): H2Failure | undefined {
    if (stream.closed) return undefined;
    this.reset(stream, failure.code, failure);
    return this.earlyEnd("made-you-reset");
  }

  /** Counts a stream that ended early by the peer's doing. Returns what ends the connection. */
  earlyEnd(why: EarlyEnd): H2Failure | undefined {
    return this.#floods.earlyEnd(why, this.now);
  }

  /** Refuses a stream that was never opened. Returns what ends the connection. */
  refuse(id: number, code: number, why: EarlyEnd): H2Failure | undefined {
    this.#writeReset(id, code, this.limits.streamWindow);
    return this.earlyEnd(why);
  }

  // Implements SenderHooks and StreamOwner: sender and streams call these methods.

  send(stream: H2Stream): void {
    if (!stream.closed) this.#sender.send(stream);
  }

  localEnded(stream: H2Stream): void {
    stream.localDone = true;
    if (stream.remoteDone) this.#remove(stream);
    else if (stream.restUnwanted) this.reset(stream, NO_ERROR);
  }

  tinyWindows(): void {
    this.fail(calm("tiny-window-flood", "The windows allow only tiny frames"));
  }

  used(stream: H2Stream, bytes: number): void {
    this.#bodies.used(stream, bytes);
  }

  reset(stream: H2Stream, code: number, failure?: H2Failure): void {
    this.#writeReset(stream.id, code, stream.remoteDone ? 0 : stream.receiveWindow.left);
    this.#remove(stream, failure);
  }

  /** Applies a change of the peer's SETTINGS_INITIAL_WINDOW_SIZE to all streams (§6.9.2). */
  initialWindowChanged(by: number): H2Failure | undefined {
    for (const stream of [...this.streams.values()]) {
      stream.sendWindow += by;
      if (stream.sendWindow > MOST_WINDOW) return windowOverflow();
      if (by > 0) this.#sender.resume(stream);
    }
    return undefined;
  }

  headerTableChanged(bytes: number): void {
    this.encoder.allow(bytes);
  }

  peerGoesAway(last: number, code: number): void {
    this.#side.goaway(last, code);
  }

  #head(id: number): H2Failure | undefined {
    const { bytes, from, to, ends } = this.#assembly;
    const stream = this.streams.get(id);
    this.headBytes = to - from;
    const head = this.#fields;
    head.reset();
    if (!this.#decoder.decode(bytes, from, to, head)) {
      const message = `A header block is invalid: ${this.#decoder.failure}`;
      return new H2Failure(COMPRESSION_ERROR, "bad-header-block", message);
    }
    if (head.bomb) return calm("hpack-bomb", "A header block decodes to far more than the limit");
    // The block of a stream that we have reset was decoded for the sake of the table alone.
    if (stream === undefined && this.#comesLate(id)) return this.#lateFrame(id, 0, true);
    return this.#side.head(id, stream, head, ends);
  }

  #peerReset(id: number, code: number): H2Failure | undefined {
    const stream = this.streams.get(id);
    if (stream === undefined) {
      if (this.#side.isIdle(id)) return idleStream("RST_STREAM", id);
      return this.#recent.takes(id, 0, true) ? undefined : this.#floods.lateFrame(this.now);
    }
    this.#side.reset?.("peer", code);
    const failure = new H2Failure(code, "reset-by-peer", "The peer reset the stream");
    this.#remove(stream, failure);
    return this.#side.answered(stream) ? undefined : this.earlyEnd("rapid-reset");
  }

  #windowUpdate(id: number, bytes: number): H2Failure | undefined {
    if (id === 0) {
      if (bytes === 0) return protocolFault("empty-window-update", "A WINDOW_UPDATE of 0 bytes");
      return this.#sender.widen(bytes) ? undefined : windowOverflow();
    }
    const stream = this.streams.get(id);
    if (stream === undefined) {
      return this.#side.isIdle(id) ? idleStream("WINDOW_UPDATE", id) : undefined;
    }
    if (bytes === 0) {
      return this.streamError(stream, protocolFault("empty-window-update", "A WINDOW_UPDATE of 0"));
    }
    stream.sendWindow += bytes;
    if (stream.sendWindow > MOST_WINDOW) return this.streamError(stream, windowOverflow());
    this.#sender.resume(stream);
    return undefined;
  }

  #dataOnClosed(id: number, length: number, ends: boolean): H2Failure | undefined {
    if (this.#side.isIdle(id)) return idleStream("DATA", id);
    if (this.#comesLate(id)) return this.#lateFrame(id, length, ends);
    return closedFault("DATA on a stream that is closed");
  }

  /** Returns whether a frame on a closed stream may have been sent before the peer knew that the stream is closed. */
  #comesLate(id: number): boolean {
    return this.#recent.has(id) || this.#side.ignoresClosed(id);
  }

  /**
   * Counts such a frame, unless it can have been on its way when we reset the stream, or our side itself chooses when
   * streams end. Returns what ends the connection.
   */
  #lateFrame(id: number, bytes: number, ends: boolean): H2Failure | undefined {
    if (this.#side.ignoresClosed(id) || this.#recent.takes(id, bytes, ends)) return undefined;
    return this.#floods.lateFrame(this.now);
  }

  /** @param window how many bytes the peer is still allowed to send on the stream */
  #writeReset(id: number, code: number, window: number): void {
    this.#recent.add(id, window);
    writeReset(this.output.buffer, id, code);
    this.#side.reset?.("own", code);
  }

  /** Closes a stream. `failure` is set when it was not done; its listener is told. */
  #remove(stream: H2Stream, failure?: H2Failure): void {
    if (stream.closed) return;
    stream.closed = true;
    stream.queue.length = 0;
    stream.queued = 0;
    this.#sender.forget(stream);
    this.#bodies.forget(stream);
    this.streams.delete(stream.id);
    if (failure !== undefined) stream.listener?.aborted(failure);
    this.#side.streamClosed(stream);
  }
}
