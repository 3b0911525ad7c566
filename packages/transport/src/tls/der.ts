// Elements of DER (X.690 §8.1 and §10.1): a tag of one octet, a definite length, the content.

export interface DerElement {
  readonly tag: number;
  readonly content: Buffer;
  /** The element with its tag and length. */
  readonly whole: Buffer;
}

/** The most octets of a length: such an element may be as long as 4 GiB, and no file here is. */
const MAX_LENGTH_OCTETS = 4;

/** Returns the elements that follow each other in `der`. Throws when one is damaged or cut off. */
export function elementsOf(der: Buffer | undefined): DerElement[] {
  const elements: DerElement[] = [];
  let rest = der ?? Buffer.alloc(0);
  while (rest.length > 0) {
    const [start, length] = headOf(rest);
    const end = start + length;
    if (end > rest.length) throw new Error("an element of DER is cut off");
    const [tag = 0] = rest;
    elements.push({ tag, content: rest.subarray(start, end), whole: rest.subarray(0, end) });
    rest = rest.subarray(end);
  }
  return elements;
}

/** Returns where the content of the first element begins, and how long it is. */
function headOf(der: Buffer): readonly [start: number, length: number] {
  const first = der[1];
  if (first === undefined) throw new Error("an element of DER is cut off");
  if (first < 0x80) return [2, first];
  const octets = first & 0x7f;
  if (octets === 0 || octets > MAX_LENGTH_OCTETS || der.length < 2 + octets)
    throw new Error("an element of DER has a damaged length");
  return [2 + octets, der.readUIntBE(2, octets)];
}
