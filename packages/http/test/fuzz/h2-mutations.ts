// Makes inputs for the fuzz tests of HTTP/2: vectors whose frames are changed, removed, doubled, exchanged with frames of
// other vectors, or cut.
import fc from "fast-check";
import type { H2Vector } from "../h2/vectors.ts";

const FRAME_HEADER = 9;
/** More bytes than any vector has, and fewer than would make a run slow. */
const MOST_BYTES = 64 * 1024;

/** An input: the connection of a vector, and other bytes. */
export interface H2Input {
  readonly name: string;
  readonly options: string;
  readonly bytes: Buffer;
  readonly open: H2Vector["open"];
}

/** Cuts bytes into the preface, if it is there, and frames. The last piece may be incomplete. */
function piecesOf(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  let at = bytes.subarray(0, 3).toString() === "PRI" ? 24 : 0;
  if (at > 0) pieces.push(bytes.subarray(0, at));
  while (at < bytes.length) {
    const header = at + FRAME_HEADER <= bytes.length;
    const end = header ? at + FRAME_HEADER + bytes.readUIntBE(at, 3) : bytes.length;
    pieces.push(bytes.subarray(at, Math.min(end, bytes.length)));
    at = end;
  }
  return pieces;
}

type Mutation = (pieces: readonly Buffer[]) => readonly Buffer[];

const place = fc.double({ min: 0, max: 1, noNaN: true });
const at = (share: number, length: number): number =>
  Math.min(Math.floor(share * length), length - 1);

/** Changes a byte: as often of a frame's header as of its payload. */
const flip = fc.tuple(place, place, fc.boolean(), fc.integer({ min: 1, max: 255 })).map(
  ([share, within, header, mask]): Mutation =>
    (pieces) => {
      const i = at(share, pieces.length);
      const piece = Buffer.from(pieces[i] ?? "");
      const place = at(within, header ? Math.min(FRAME_HEADER, piece.length) : piece.length);
      if (place >= 0) piece[place] = (piece[place] as number) ^ mask;
      return pieces.with(i, piece);
    },
);
const remove = place.map(
  (share): Mutation =>
    (pieces) =>
      pieces.toSpliced(at(share, pieces.length), 1),
);
const repeat = fc.tuple(place, fc.constantFrom(1, 1, 2, 40, 600)).map(
  ([share, times]): Mutation =>
    (pieces) => {
      const i = at(share, pieces.length);
      const copies = Array.from({ length: times }, () => pieces[i] ?? Buffer.alloc(0));
      return pieces.toSpliced(i, 0, ...copies);
    },
);
const swap = fc.tuple(place, place).map(
  ([a, b]): Mutation =>
    (pieces) => {
      const [i, j] = [at(a, pieces.length), at(b, pieces.length)];
      return pieces.with(i, pieces[j] as Buffer).with(j, pieces[i] as Buffer);
    },
);
const cut = fc.tuple(place, place).map(
  ([share, within]): Mutation =>
    (pieces) => {
      const i = at(share, pieces.length);
      const piece = pieces[i] as Buffer;
      return pieces.with(i, piece.subarray(0, at(within, piece.length)));
    },
);

function insert(vectors: readonly H2Vector[]): fc.Arbitrary<Mutation> {
  return fc.tuple(fc.constantFrom(...vectors), place, place).map(
    ([other, from, to]): Mutation =>
      (pieces) => {
        const others = piecesOf(other.bytes);
        return pieces.toSpliced(
          at(to, pieces.length) + 1,
          0,
          others[at(from, others.length)] as Buffer,
        );
      },
  );
}

/** Generates vectors after one to six random mutations. */
export function mutatedFrames(vectors: readonly H2Vector[]): fc.Arbitrary<H2Input> {
  const mutation = fc.oneof(flip, remove, repeat, swap, cut, insert(vectors), insert(vectors));
  return fc
    .tuple(fc.constantFrom(...vectors), fc.array(mutation, { minLength: 1, maxLength: 6 }))
    .map(([{ name, options, open, bytes }, mutations]) => {
      let pieces: readonly Buffer[] = piecesOf(bytes);
      for (const mutate of mutations) if (pieces.length > 0) pieces = mutate(pieces);
      return { name, options, open, bytes: Buffer.concat(pieces).subarray(0, MOST_BYTES) };
    });
}
