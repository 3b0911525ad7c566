// The Huffman code of HPACK (RFC 7541 §5.2, appendix B). This code is shared with no proxy. Bits are handled as text, because
// speed does not matter here.

/** The bytes whose codes have a length, in hexadecimal. 100 is EOS, which must not be sent. */
const BYTES_BY_LENGTH: readonly (readonly [length: number, bytes: string])[] = [
  [5, "30-32 61 63 65 69 6f 73-74"],
  [6, "20 25 2d-2f 33-39 3d 41 5f 62 64 66-68 6c-6e 70 72 75"],
  [7, "3a 42-57 59 6a-6b 71 76-7a"],
  [8, "26 2a 2c 3b 58 5a"],
  [10, "21-22 28-29 3f"],
  [11, "27 2b 7c"],
  [12, "23 3e"],
  [13, "0 24 40 5b 5d 7e"],
  [14, "5e 7d"],
  [15, "3c 60 7b"],
  [19, "5c c3 d0"],
  [20, "80 82-83 a2 b8 c2 e0 e2"],
  [21, "99 a1 a7 ac b0-b1 b3 d1 d8-d9 e3 e5-e6"],
  [22, "81 84-86 88 92 9a 9c a0 a3-a4 a9-aa ad b2 b5 b9-bb bd-be c4 c6 e4 e8-e9"],
  [23, "1 87 89-8d 8f 93 95-98 9b 9d-9e a5-a6 a8 ae-af b4 b6-b7 bc bf c5 e7 ef"],
  [24, "9 8e 90-91 94 9f ab ce d7 e1 ec-ed"],
  [25, "c7 cf ea-eb"],
  [26, "c0-c1 c8-ca cd d2 d5 da-db ee f0 f2-f3 ff"],
  [27, "cb-cc d3-d4 d6 dd-df f1 f4-f8 fa-fe"],
  [28, "2-8 b-c e-15 17-1f 7f dc f9"],
  [30, "a d 16 100"],
];

export const EOS = 256;

/** The codes as text of `0` and `1`, by byte. Codes are consecutive numbers, shorter codes first (appendix B). */
const CODES = codes();
const BYTES = new Map([...CODES].map(([byte, code]) => [code, byte]));

function codes(): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  let next = 0;
  let before = 0;
  for (const [length, text] of BYTES_BY_LENGTH) {
    next *= 2 ** (length - before);
    before = length;
    for (const byte of bytesOf(text)) found.set(byte, (next++).toString(2).padStart(length, "0"));
  }
  return found;
}

function bytesOf(text: string): readonly number[] {
  return text.split(" ").flatMap((range) => {
    const [from = 0, to = from] = range.split("-").map((digits) => Number.parseInt(digits, 16));
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}

/** Returns the bits of the codes of bytes, without padding. */
export function huffmanBits(bytes: Iterable<number>): string {
  return [...bytes].map((byte) => CODES.get(byte) ?? "").join("");
}

/** Returns the bytes of bits. The number of bits must be a multiple of eight. */
export function bytesOfBits(bits: string): string {
  return (bits.match(/.{8}/g) ?? [])
    .map((byte) => String.fromCharCode(Number.parseInt(byte, 2)))
    .join("");
}

/** Returns `text` in the Huffman code, with the padding that the RFC asks for. */
export function huffman(text: string): string {
  const bits = huffmanBits(Buffer.from(text, "latin1"));
  return bytesOfBits(bits.padEnd(Math.ceil(bits.length / 8) * 8, "1"));
}

/** Returns the text of a Huffman code; undefined when the code is invalid. */
export function unhuffman(coded: string): string | undefined {
  const bits = [...Buffer.from(coded, "latin1")].map((byte) => byte.toString(2).padStart(8, "0"));
  let text = "";
  let code = "";
  for (const bit of bits.join("")) {
    code += bit;
    const byte = BYTES.get(code);
    if (byte === undefined) continue;
    if (byte === EOS) return undefined;
    text += String.fromCharCode(byte);
    code = "";
  }
  return /^1{0,7}$/.test(code) ? text : undefined;
}
