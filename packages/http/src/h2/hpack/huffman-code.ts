// The Huffman code of HPACK (RFC 7541 §5.2, appendix B). The code is canonical: codes of the same length follow each
// other in the order of their symbols, and longer codes follow shorter ones. So the lengths are enough to make it.

/** The length in bits of the code of each byte, and of EOS (symbol 256), which is never sent. */
const LENGTHS: readonly number[] =
  `13 23 28 28 28 28 28 28 28 24 30 28 28 30 28 28 28 28 28 28 28 28 30 28 28 28 28 28 28 28 28 28
  6 10 10 12 13 6 8 11 10 10 8 11 8 6 6 6 5 5 5 6 6 6 6 6 6 6 7 8 15 6 12 10
  13 6 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 8 7 8 13 19 13 14 6
  15 5 6 5 6 5 6 6 6 5 7 7 6 6 6 5 6 7 6 5 5 6 7 7 7 7 7 15 11 14 13 28
  20 22 20 20 22 22 22 23 22 23 23 23 23 23 24 23 24 24 22 23 24 23 23 23 23 21 22 23 22 23 23 24
  22 21 20 22 22 23 23 21 23 22 22 24 21 22 23 23 21 21 22 21 23 22 23 23 20 22 22 22 23 22 22 23
  26 26 20 19 22 23 22 25 26 26 26 27 27 26 24 25 19 21 26 27 27 26 27 24 21 21 26 26 28 27 27 27
  20 24 20 21 22 21 21 23 22 22 25 25 24 24 26 23 26 27 26 26 27 27 27 27 27 28 27 27 27 27 27 26
  30`
    .trim()
    .split(/\s+/)
    .map(Number);

/** The symbol that ends a text. A decoder refuses it (§5.2). */
export const EOS = 256;

/** The length in bits of each symbol's code. */
export const CODE_LENGTHS = Uint8Array.from(LENGTHS);

/** The code of each symbol, in its lowest bits. */
export const CODES = new Uint32Array(LENGTHS.length);
{
  const symbols = [...LENGTHS.keys()];
  const lengthOf = (symbol: number): number => CODE_LENGTHS[symbol] as number;
  symbols.sort((a, b) => lengthOf(a) - lengthOf(b) || a - b);
  let code = 0;
  let length = 0;
  for (const symbol of symbols) {
    code *= 2 ** (lengthOf(symbol) - length);
    length = lengthOf(symbol);
    CODES[symbol] = code;
    code++;
  }
}
