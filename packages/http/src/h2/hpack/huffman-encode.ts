// Writes strings in the Huffman code of HPACK (RFC 7541 §5.2).
import type { WireBuffer } from "../wire-buffer.ts";
import { CODE_LENGTHS, CODES } from "./huffman-code.ts";

/** Returns how many bytes a text has in the Huffman code. */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let i = 0; i < text.length; i++) bits += CODE_LENGTHS[text.charCodeAt(i)] as number;
  return (bits + 7) >>> 3;
}

/** Writes a text of one character per byte. The last byte is filled up with the first bits of EOS, which are ones. */
export function writeHuffman(out: WireBuffer, text: string): void {
  out.reserve(text.length * 4);
  let pending = 0;
  let bits = 0;
  for (let i = 0; i < text.length; i++) {
    const symbol = text.charCodeAt(i);
    let code = CODES[symbol] as number;
    let length = CODE_LENGTHS[symbol] as number;
    // At most 7 bits are pending. A code of up to 30 bits is added in two parts, so that both fit into 32 bits.
    if (length > 16) {
      pending = (pending << (length - 16)) | (code >>> 16);
      bits += length - 16;
      for (; bits >= 8; bits -= 8) out.u8((pending >>> (bits - 8)) & 0xff);
      code &= 0xffff;
      length = 16;
    }
    pending = (pending << length) | code;
    bits += length;
    for (; bits >= 8; bits -= 8) out.u8((pending >>> (bits - 8)) & 0xff);
    pending &= 0xff;
  }
  if (bits > 0) out.u8(((pending << (8 - bits)) | (0xff >>> bits)) & 0xff);
}
