// Decodes Huffman-coded strings (RFC 7541 §5.2), four bits at a time. The states are the inner nodes of the code tree. A
// step says which node follows, and which byte is complete, if one is: no code is shorter than five bits, so four bits
// complete at most one.
import { latin1 } from "../../text/latin1.ts";
import { CODE_LENGTHS, CODES, EOS } from "./huffman-code.ts";

// A step: the next state in the lowest 8 bits, a symbol in the next 8, then these flags.
const EMITS = 1 << 16;
/** The text may end here: the bits since the last symbol are the beginning of EOS, and at most 7. */
const MAY_END = 1 << 17;
const INVALID = 1 << 18;

/**
 * The steps of all states, 16 for each. They are made for the first text: V8 compiles the loops that make them, which costs a
 * process 5 MB that may never see HTTP/2.
 */
let table: Uint32Array | undefined;

type Tree = Map<string, number>;

/** Returns the tree as its leaves: from the bits of a code to its symbol. */
function leaves(): Tree {
  const tree: Tree = new Map();
  for (let symbol = 0; symbol <= EOS; symbol++) {
    const bits = (CODES[symbol] as number).toString(2);
    tree.set(bits.padStart(CODE_LENGTHS[symbol] as number, "0"), symbol);
  }
  return tree;
}

function makeSteps(): Uint32Array {
  const steps = new Uint32Array(256 * 16);
  const tree = leaves();
  const states: string[] = [""];
  const numbers = new Map([["", 0]]);
  for (const [state, prefix] of states.entries()) {
    for (let nibble = 0; nibble < 16; nibble++) {
      const [node, symbol] = walk(tree, prefix, nibble);
      let step = INVALID;
      if (symbol !== EOS) {
        let next = numbers.get(node);
        if (next === undefined) {
          next = states.push(node) - 1;
          numbers.set(node, next);
        }
        step = next | (symbol === undefined ? 0 : EMITS | (symbol << 8));
        if (/^1{0,7}$/.test(node)) step |= MAY_END;
      }
      steps[state * 16 + nibble] = step;
    }
  }
  return steps;
}

/** Returns the node that four more bits lead to, and the symbol that they complete. */
function walk(tree: Tree, prefix: string, nibble: number): [node: string, symbol?: number] {
  let node = prefix;
  let complete: number | undefined;
  for (const bit of nibble.toString(2).padStart(4, "0")) {
    node += bit;
    const symbol = tree.get(node);
    if (symbol === undefined) continue;
    if (symbol === EOS) return ["", EOS];
    complete = symbol;
    node = "";
  }
  return complete === undefined ? [node] : [node, complete];
}

let scratch = Buffer.allocUnsafeSlow(4096);

/**
 * Returns the text in [from, to) of `bytes`, one character per byte; undefined when the bytes are not a valid code. The
 * shortest code has five bits, so the text is at most 1.6 times as long as its code.
 */
export function decodeHuffman(bytes: Buffer, from: number, to: number): string | undefined {
  const most = ((to - from) * 8) / 5;
  if (most > scratch.length) scratch = Buffer.allocUnsafeSlow(Math.ceil(most) * 2);
  table ??= makeSteps();
  const steps = table;
  const out = scratch;
  let length = 0;
  let step = MAY_END;
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number;
    step = steps[((step & 0xff) << 4) | (byte >>> 4)] as number;
    if ((step & EMITS) !== 0) out[length++] = step >>> 8;
    if ((step & INVALID) !== 0) return undefined;
    step = steps[((step & 0xff) << 4) | (byte & 15)] as number;
    if ((step & EMITS) !== 0) out[length++] = step >>> 8;
    if ((step & INVALID) !== 0) return undefined;
  }
  return (step & MAY_END) === 0 ? undefined : latin1(out, 0, length);
}
