// Writes frames (RFC 9113 §6).
import {
  ACK,
  CONTINUATION,
  DATA,
  END_HEADERS,
  END_STREAM,
  FRAME_HEADER,
  GOAWAY,
  HEADERS,
  PING,
  RST_STREAM,
  SETTINGS,
  WINDOW_UPDATE,
} from "./frame-type.ts";
import type { WireBuffer } from "./wire-buffer.ts";

function writeFrameHeader(
  out: WireBuffer,
  length: number,
  type: number,
  flags: number,
  stream: number,
): void {
  out.reserve(FRAME_HEADER);
  out.u24(length);
  out.u8(type);
  out.u8(flags);
  out.u32(stream);
}

/** Writes the header of a DATA frame; `length` bytes of data have to follow. */
export function writeDataHeader(
  out: WireBuffer,
  stream: number,
  length: number,
  ends: boolean,
): void {
  writeFrameHeader(out, length, DATA, ends ? END_STREAM : 0, stream);
}

/**
 * Makes frames of the header block that was written after `begun`: HEADERS, and CONTINUATION for what is beyond
 * `maxFrame` bytes. Call `beginHeaders` before the block is written, and pass on its result.
 */
export function endHeaders(
  out: WireBuffer,
  begun: number,
  stream: number,
  ends: boolean,
  maxFrame: number,
): void {
  const from = begun + FRAME_HEADER;
  const total = out.length - from;
  const flags = ends ? END_STREAM : 0;
  if (total <= maxFrame) {
    patchHeader(out, begun, total, HEADERS, flags | END_HEADERS, stream);
    return;
  }
  const block = Buffer.from(out.bytes.subarray(from, out.length));
  out.length = begun;
  for (let at = 0; at < total; at += maxFrame) {
    const to = Math.min(at + maxFrame, total);
    const last = to === total ? END_HEADERS : 0;
    const type = at === 0 ? HEADERS : CONTINUATION;
    writeFrameHeader(out, to - at, type, (at === 0 ? flags : 0) | last, stream);
    out.copy(block, at, to);
  }
}

/** Leaves room for the header of a HEADERS frame, and returns where it is. */
export function beginHeaders(out: WireBuffer): number {
  const begun = out.length;
  out.reserve(FRAME_HEADER);
  out.length += FRAME_HEADER;
  return begun;
}

function patchHeader(
  out: WireBuffer,
  at: number,
  length: number,
  type: number,
  flags: number,
  stream: number,
): void {
  const end = out.length;
  out.length = at;
  writeFrameHeader(out, length, type, flags, stream);
  out.length = end;
}

/** Writes SETTINGS. `settings` are pairs of an identifier and its value. */
export function writeSettings(
  out: WireBuffer,
  settings: readonly (readonly [id: number, value: number])[],
): void {
  writeFrameHeader(out, settings.length * 6, SETTINGS, 0, 0);
  out.reserve(settings.length * 6);
  for (const [id, value] of settings) {
    out.u16(id);
    out.u32(value);
  }
}

export function writeSettingsAck(out: WireBuffer): void {
  writeFrameHeader(out, 0, SETTINGS, ACK, 0);
}

/** Writes a PING, or the answer to one, with the 8 bytes at `from` of `bytes`. */
export function writePing(out: WireBuffer, ack: boolean, bytes: Buffer, from: number): void {
  writeFrameHeader(out, 8, PING, ack ? ACK : 0, 0);
  out.copy(bytes, from, from + 8);
}

export function writeReset(out: WireBuffer, stream: number, code: number): void {
  writeFrameHeader(out, 4, RST_STREAM, 0, stream);
  out.reserve(4);
  out.u32(code);
}

export function writeWindowUpdate(out: WireBuffer, stream: number, bytes: number): void {
  writeFrameHeader(out, 4, WINDOW_UPDATE, 0, stream);
  out.reserve(4);
  out.u32(bytes);
}

/** Writes GOAWAY. `text` says why, for the people at the peer. */
export function writeGoaway(out: WireBuffer, last: number, code: number, text: string): void {
  writeFrameHeader(out, 8 + text.length, GOAWAY, 0, 0);
  out.reserve(8);
  out.u32(last);
  out.u32(code);
  out.text(text);
}
