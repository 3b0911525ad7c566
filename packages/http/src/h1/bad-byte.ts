// Bytes that are allowed nowhere in a head: control characters, and a CR or LF that is not part of a line end (RFC
// 9112 2.2). A head that arrives in pieces is refused at its first such byte. A head that arrives whole, and has
// another fault too, has to be refused for the same byte. So `badByte` is called before any other fault is reported.
import { malformed, ProtocolFailure, type Sender } from "../message/protocol-failure.ts";
import { CR, LF, TEXT } from "../text/chars.ts";

/**
 * Returns the refusal for the first byte that is not allowed in a text of lines that end with CRLF; undefined when
 * there is no such byte.
 */
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

/** Returns the refusal for the byte `code`, which is not allowed, at `offset` in the head or trailer section. */
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
