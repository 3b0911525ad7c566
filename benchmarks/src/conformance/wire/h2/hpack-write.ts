// Writes header blocks of HPACK (RFC 7541 §5, §6), field by field, in the representation that a case asks for. Nothing is added
// to a dynamic table unless the case says so.
import { huffman } from "./huffman.ts";

/** How a literal is represented (§6.2): added to the dynamic table, not added, or never to be added on the way. */
export type Representation = "added" | "plain" | "never";

const FIRST: Readonly<Record<Representation, readonly [first: number, bits: number]>> = {
  added: [0x40, 6],
  plain: [0, 4],
  never: [0x10, 4],
};

/** Returns an integer with a prefix of `bits` bits (§5.1). `first` has the bits before the prefix. */
export function integer(first: number, bits: number, value: number): string {
  const most = 2 ** bits - 1;
  if (value < most) return String.fromCharCode(first | value);
  let text = String.fromCharCode(first | most);
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128))
    text += String.fromCharCode(128 + (rest % 128));
  return text + String.fromCharCode(rest);
}

/** Returns a string (§5.2). */
export function string(text: string, coded = false): string {
  const bytes = coded ? huffman(text) : text;
  return integer(coded ? 0x80 : 0, 7, bytes.length) + bytes;
}

/** Returns an indexed field (§6.1). */
export function indexed(index: number): string {
  return integer(0x80, 7, index);
}

/** Returns a literal field. Its name is a text, or the index of a field with that name. */
export function literal(
  name: string | number,
  value: string,
  as: Representation = "plain",
  coded = false,
): string {
  const [first, bits] = FIRST[as];
  if (typeof name === "number") return integer(first, bits, name) + string(value, coded);
  return integer(first, bits, 0) + string(name, coded) + string(value, coded);
}

/** Returns a change of the dynamic table's size (§6.3). */
export function tableSize(bytes: number): string {
  return integer(0x20, 5, bytes);
}

/** Returns a block of literals that changes no table. */
export function block(fields: readonly (readonly [name: string, value: string])[]): string {
  return fields.map(([name, value]) => literal(name, value)).join("");
}
