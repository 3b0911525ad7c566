// Bytes that have no place anywhere in a head: control characters, and CR or LF that are not a line end
// (RFC 9112 2.2). They are named before anything else that is wrong, because a head that comes in pieces
// is refused at the first of them, and where the pieces are cut must not change the answer.
import { malformed, ProtocolFailure, type Sender } from "../message/protocol-failure.ts";
import { CR, LF, TEXT } from "../text/chars.ts";

/** The refusal for the first such byte of a text made of CRLF-ended lines, if there is one. */
export function badByte(text: string, sender: Sender): ProtocolFailure | undefined {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (TEXT[code] === 1) continue;
    if (code !== CR) return refuseByte(code, i, sender);
    if (text.charCodeAt(i + 1) !== LF) return refuseByte(CR, i, sender);
    i++;
  }
  return undefined;
}

/** The refusal for a byte of that value at that offset of the head or trailer section. */
export function refuseByte(code: number, offset: number, sender: Sender): ProtocolFailure {
  const status = malformed(sender);
  if (code === LF) {
    return new ProtocolFailure(
      "bare-line-feed",
      status,
      `LF without CR before it at byte ${offset}`,
    );
  }
  if (code === CR) {
    return new ProtocolFailure(
      "bare-carriage-return",
      status,
      `CR without LF after it at byte ${offset}`,
    );
  }
  const hex = code.toString(16).padStart(2, "0");
  return new ProtocolFailure("control-byte", status, `Control byte 0x${hex} at byte ${offset}`);
}
