// Cases about the compression of heads (RFC 7541).
import type { Case, Topic } from "../../case.ts";
import { all, answered, forwardedTimes, has, request, starts } from "../../checks.ts";
import { END_HEADERS, END_STREAM, headers } from "../../wire/h2/frames.ts";
import {
  indexed,
  integer,
  literal,
  type Representation,
  string,
  tableSize,
} from "../../wire/h2/hpack-write.ts";
import { bytesOfBits, EOS, huffman, huffmanBits } from "../../wire/h2/huffman.ts";
import { accepted, endsConnection, post, requestBlock, settled } from "./wording.ts";

const WHOLE = END_HEADERS | END_STREAM;
const BLOCK = "RFC 9113 §4.3";
const SECTION_OF: Readonly<Record<Representation, string>> = {
  added: "RFC 7541 §6.2.1",
  plain: "RFC 7541 §6.2.2",
  never: "RFC 7541 §6.2.3",
};

/** Every representation, with a name from the static table (58: user-agent) or a new one, plain or in the Huffman code. */
const representations: readonly Case[] = (
  [
    ["added", "a literal that is added to the table", 2],
    ["plain", "a literal without indexing", 6],
    ["never", "a literal that is never indexed", 10],
  ] as const
).flatMap(([as, what, first]) =>
  ([58, "x-agent"] as const).flatMap((name, byName) =>
    [false, true].map((coded, byCode) => {
      const known = name === 58 ? "user-agent" : name;
      return accepted(
        {
          id: `h2-hpack-${as}-${known}${coded ? "-huffman" : ""}`,
          title: `${what}, with ${name === 58 ? "a known" : "a new"} name${coded ? ", in Huffman code" : ""}`,
          source: SECTION_OF[as],
          h2spec: [`generic/5/${first + 2 * byName + byCode}`],
        },
        [headers(1, requestBlock() + literal(name, "conformance/1", as, coded), WHOLE)],
        1,
        answered(200),
        request(0, has(known, "conformance/1")),
      );
    }),
  ),
);

const known = indexed(2) + indexed(6) + indexed(4) + literal(1, "example.com");
const dynamic = indexed(62);

const tables: readonly Case[] = [
  accepted(
    {
      id: "h2-hpack-indexed",
      title: "indexed fields",
      source: "RFC 7541 §6.1",
      h2spec: ["generic/5/1"],
    },
    [headers(1, known, WHOLE)],
    1,
    answered(200),
    request(0, all(starts("GET / HTTP/1.1"), has("host", "example.com"))),
  ),
  accepted(
    {
      id: "h2-hpack-dynamic",
      title: "a field of the dynamic table, in the next request",
      source: "RFC 7541 §6.2.1",
    },
    [
      headers(1, known + literal("x-one", "1", "added"), WHOLE),
      settled(1),
      headers(3, known + dynamic, WHOLE),
    ],
    2,
    answered(200, 200),
    request(1, has("x-one", "1")),
  ),
  accepted(
    {
      id: "h2-hpack-size",
      title: "a change of the table's size",
      source: "RFC 7541 §6.3",
      h2spec: ["generic/5/14"],
    },
    [headers(1, tableSize(0) + known, WHOLE)],
    1,
    answered(200),
  ),
  accepted(
    {
      id: "h2-hpack-sizes",
      title: "two changes of the table's size",
      source: "RFC 7541 §4.2",
      h2spec: ["generic/5/15"],
    },
    [headers(1, tableSize(0) + tableSize(4096) + known, WHOLE)],
    1,
    answered(200),
  ),
  accepted(
    {
      id: "h2-hpack-evicted",
      title: "a field larger than the table empties it",
      source: "RFC 7541 §4.4",
    },
    [
      headers(
        1,
        known +
          literal("x-large", "a".repeat(5_000), "added") +
          literal("x-one", "1", "added") +
          dynamic,
        WHOLE,
      ),
    ],
    1,
    answered(200),
    request(0, has("x-one", "1", "1")),
  ),
];

/** Returns a literal whose value has these bytes in the Huffman code. */
const codedValue = (bytes: string) => integer(0, 4, 58) + integer(0x80, 7, bytes.length) + bytes;

const invalid: readonly Case[] = (
  [
    ["garbage", "a block that is none", "\xff\xff\xff\xff\xff\xff", BLOCK, ["http2/4.3/1"]],
    [
      "index",
      "an index beyond both tables",
      known + indexed(70),
      "RFC 7541 §2.3.3",
      ["hpack/2.3.3/1"],
    ],
    [
      "name-index",
      "a name's index beyond both tables",
      known + literal(70, "x"),
      "RFC 7541 §2.3.3",
      ["hpack/2.3.3/2"],
    ],
    ["index-0", "the index 0", known + indexed(0), "RFC 7541 §6.1", ["hpack/6.1/1"]],
    [
      "evicted",
      "a field that has left the table",
      known +
        literal("x-one", "1", "added") +
        literal("x-large", "a".repeat(5_000), "added") +
        dynamic,
      "RFC 7541 §4.4",
      [],
    ],
    [
      "size-late",
      "a change of the table's size at the end of a block",
      known + tableSize(1),
      "RFC 7541 §4.2",
      ["hpack/4.2/1"],
    ],
    [
      "size-large",
      "a table larger than announced",
      tableSize(4097) + known,
      "RFC 7541 §6.3",
      ["hpack/6.3/1"],
    ],
    [
      "padding-long",
      "a Huffman code with padding of more than 7 bits",
      known + codedValue(`${huffman("x1")}\xff`),
      "RFC 7541 §5.2",
      ["hpack/5.2/1"],
    ],
    [
      "padding-zero",
      "a Huffman code padded with zeros",
      known + codedValue(bytesOfBits(huffmanBits(Buffer.from("x1")).padEnd(16, "0"))),
      "RFC 7541 §5.2",
      ["hpack/5.2/2"],
    ],
    [
      "eos",
      "a Huffman code with EOS",
      known + codedValue(bytesOfBits(huffmanBits([EOS]).padEnd(32, "1"))),
      "RFC 7541 §5.2",
      ["hpack/5.2/3"],
    ],
    [
      "string-long",
      "a string longer than its block",
      `${known + integer(0, 4, 58) + integer(0, 7, 100)}x`,
      "RFC 7541 §5.2",
      [],
    ],
    [
      "integer-long",
      "an integer without an end",
      `${known + integer(0, 4, 58)}\x7f${"\x80".repeat(20)}\x01`,
      "RFC 7541 §5.1",
      [],
    ],
    [
      "truncated",
      "a literal without a value",
      known + integer(0, 4, 0) + string("x-one"),
      "RFC 7541 §6.2",
      [],
    ],
  ] as const
).map(([id, title, block, source, h2spec]) =>
  endsConnection(
    "COMPRESSION_ERROR",
    { id: `h2-hpack-bad-${id}`, title, source, h2spec },
    headers(1, block, WHOLE),
  ),
);

const trailers = endsConnection(
  "COMPRESSION_ERROR",
  { id: "h2-hpack-bad-trailers", title: "a block that is none, as trailers", source: BLOCK },
  post() + headers(1, "\xff\xff\xff\xff\xff\xff", WHOLE),
);

const afterRefusal = accepted(
  {
    ...{
      id: "h2-hpack-refused",
      title: "a field of a refused request, used by the next one",
      source: BLOCK,
    },
    ...{ rule: "the refused block counts for the table" },
  },
  [
    headers(1, known + literal("x-one", "1", "added") + literal("X-Two", "2"), WHOLE) +
      headers(3, known + dynamic, WHOLE),
  ],
  2,
  forwardedTimes(1),
  request(0, has("x-one", "1")),
);

export const h2Hpack: Topic = {
  name: "h2-hpack",
  title: "HTTP/2: HPACK",
  cases: [...representations, ...tables, ...invalid, trailers, afterRefusal],
};
