// HPACK against the examples of RFC 7541 appendix C, and against what must be refused.
import fc from "fast-check";
import t from "tap";
import { WireBuffer } from "../wire-buffer.ts";
import { HpackDecoder } from "./decoder.ts";
import { HpackEncoder } from "./encoder.ts";
import type { HeaderField } from "./header-field.ts";
import { decodeHuffman } from "./huffman-decode.ts";
import { huffmanLength, writeHuffman } from "./huffman-encode.ts";
import { integer, readInteger, writeInteger } from "./integer.ts";

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s/g, ""), "hex");

class Lines {
  readonly list: string[] = [];
  field({ name, value }: HeaderField): boolean {
    this.list.push(`${name}: ${value}`);
    return true;
  }
}

function decode(decoder: HpackDecoder, block: Buffer): readonly string[] | string {
  const lines = new Lines();
  return decoder.decode(block, 0, block.length, lines) ? lines.list : (decoder.failure ?? "?");
}

function table(decoder: HpackDecoder): readonly string[] {
  return Array.from({ length: decoder.table.length }, (_, i) => {
    const field = decoder.table.at(i);
    return `${field?.name}: ${field?.value}`;
  });
}

t.test("integers (C.1)", async (t) => {
  for (const [bits, value, hex] of [
    [5, 10, "0a"],
    [5, 1337, "1f9a0a"],
    [8, 42, "2a"],
    [7, 127, "7f00"],
    [7, 2 ** 28 - 1, "7f80ffff7f"],
  ] as const) {
    const out = new WireBuffer();
    writeInteger(out, 0, bits, value);
    t.equal(out.toBuffer().toString("hex"), hex);
    t.equal(readInteger(out.toBuffer(), 0, out.length, bits), true);
    t.match(integer, { value, next: out.length });
  }
  t.equal(readInteger(bytes("1f9a"), 0, 2, 5), false, "cut short");
  t.equal(readInteger(bytes("1f8080808000"), 0, 6, 5), true, "zeros that add nothing");
  t.equal(readInteger(bytes("1f808080808000"), 0, 7, 5), false, "too many of them");
  t.equal(readInteger(bytes("7fffffffff7f"), 0, 6, 7), false, "too large");
});

t.test("single fields (C.2)", async (t) => {
  const decoder = new HpackDecoder(4096);
  const custom = bytes("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572");
  t.same(decode(decoder, custom), ["custom-key: custom-header"]);
  t.match(decoder.table, { size: 55 });
  t.same(decode(decoder, bytes("040c 2f73 616d 706c 652f 7061 7468")), [":path: /sample/path"]);
  t.same(decode(decoder, bytes("1008 7061 7373 776f 7264 0673 6563 7265 74")), [
    "password: secret",
  ]);
  t.same(decode(decoder, bytes("82")), [":method: GET"]);
  t.same(table(decoder), ["custom-key: custom-header"], "only the first went into the table");
});

const FIRST = [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"];
const THIRD = [
  ...[":method: GET", ":scheme: https", ":path: /index.html"],
  ...[":authority: www.example.com", "custom-key: custom-value"],
];
const REQUESTS = [FIRST, [...FIRST, "cache-control: no-cache"], THIRD];
const REQUEST_TABLES = [
  [FIRST[3]],
  ["cache-control: no-cache", FIRST[3]],
  ["custom-key: custom-value", "cache-control: no-cache", FIRST[3]],
];

const [DATE, LATER] = ["Mon, 21 Oct 2013 20:13:21 GMT", "Mon, 21 Oct 2013 20:13:22 GMT"];
const COOKIE = "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";
const LOCATION = "location: https://www.example.com";
const PRIVATE = "cache-control: private";
const ANSWERS = [
  [":status: 302", PRIVATE, `date: ${DATE}`, LOCATION],
  [":status: 307", PRIVATE, `date: ${DATE}`, LOCATION],
  [":status: 200", PRIVATE, `date: ${LATER}`, LOCATION, "content-encoding: gzip", COOKIE],
];
const ANSWER_TABLES = [
  [LOCATION, `date: ${DATE}`, PRIVATE, ":status: 302"],
  [":status: 307", LOCATION, `date: ${DATE}`, PRIVATE],
  [COOKIE, "content-encoding: gzip", `date: ${LATER}`],
];

const EXAMPLES = [
  {
    name: "requests (C.3)",
    blocks: [
      "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
      "8286 84be 5808 6e6f 2d63 6163 6865",
      "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
    ],
    lists: REQUESTS,
    tables: REQUEST_TABLES,
    limit: 4096,
    size: 164,
  },
  {
    name: "requests in the Huffman code (C.4)",
    blocks: [
      "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
      "8286 84be 5886 a8eb 1064 9cbf",
      "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
    ],
    lists: REQUESTS,
    tables: REQUEST_TABLES,
    limit: 4096,
    size: 164,
  },
  {
    name: "answers with a table of 256 bytes (C.5)",
    blocks: [
      `4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a
      3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d`,
      "4803 3330 37c1 c0bf",
      `88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04
      677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49
      553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31`,
    ],
    lists: ANSWERS,
    tables: ANSWER_TABLES,
    limit: 256,
    size: 215,
  },
  {
    name: "answers in the Huffman code (C.6)",
    blocks: [
      `4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e
      919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3`,
      "4883 640e ffc1 c0bf",
      `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7
      821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed
      4ee5 b106 3d50 07`,
    ],
    lists: ANSWERS,
    tables: ANSWER_TABLES,
    limit: 256,
    size: 215,
  },
];

t.test("sequences of blocks", async (t) => {
  for (const { name, blocks, lists, tables, limit, size } of EXAMPLES) {
    const decoder = new HpackDecoder(limit);
    for (const [i, block] of blocks.entries()) {
      t.same(decode(decoder, bytes(block)), lists[i], `${name}, block ${i + 1}`);
      t.same(table(decoder), tables[i], `${name}, table ${i + 1}`);
    }
    t.equal(decoder.table.size, size, name);
  }
});

t.test("blocks that are refused", async (t) => {
  for (const [name, hex] of [
    ["index 0", "80"],
    ["an index beyond both tables", "be"],
    ["a name's index beyond both tables", "7f8001 00"],
    ["a field without its value", "04"],
    ["a value longer than the block", "0405 2f"],
    ["an integer without its end", "ff"],
    ["an integer that is too large", "ffffffffffff"],
    ["a table size above the setting", "3fe21f"],
    ["a table size after a field", "82 20"],
    ["Huffman: padding of zeros", "0481 18"],
    ["Huffman: padding of eight bits", "0482 f8ff"],
    ["Huffman: EOS", "0484 ffffffff"],
  ] as const) {
    t.type(decode(new HpackDecoder(4096), bytes(hex)), "string", name);
  }
});

t.test("a field larger than the table empties it (§4.4)", async (t) => {
  const decoder = new HpackDecoder(64);
  t.same(decode(decoder, bytes("4001 61 01 62")), ["a: b"]);
  const large = Buffer.concat([bytes("4001 61 28"), Buffer.alloc(40, "x")]);
  t.same(decode(decoder, large), [`a: ${"x".repeat(40)}`]);
  t.match(decoder.table, { size: 0, length: 0 });
});

t.test("every text survives the Huffman code", async (t) => {
  const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i)).toString("latin1");
  const texts = fc.string({ unit: fc.constantFrom(...all), maxLength: 200 });
  const survives = (text: string): boolean => {
    const out = new WireBuffer(1);
    writeHuffman(out, text);
    return (
      out.length === huffmanLength(text) && decodeHuffman(out.toBuffer(), 0, out.length) === text
    );
  };
  t.ok(survives(all));
  t.doesNotThrow(() => fc.assert(fc.property(texts, survives), { seed: 1 }));
});

t.test("decoder and encoder agree, whatever table the peer allows", async (t) => {
  const names = fc.constantFrom("a", "cookie", "server", "x-long-name", ":status", "content-type");
  const values = fc.oneof(
    fc.constantFrom("200", "text/html", "", "x"),
    fc.string({ unit: fc.constantFrom("a", "é", "~", " "), maxLength: 700 }),
  );
  const blocks = fc.array(
    fc.tuple(fc.option(fc.nat(5000)), fc.array(fc.tuple(names, values), { maxLength: 20 })),
  );
  const agree = fc.property(blocks, (all) => {
    const encoder = new HpackEncoder();
    const decoder = new HpackDecoder(5000);
    for (const [size, fields] of all) {
      if (size !== null) encoder.allow(size);
      const out = new WireBuffer();
      encoder.begin(out);
      for (const [name, value] of fields) encoder.field(out, name, value);
      const got = decode(decoder, out.toBuffer());
      if (`${got}` !== `${fields.map(([name, value]) => `${name}: ${value}`)}`) return false;
    }
    return true;
  });
  t.doesNotThrow(() => fc.assert(agree, { seed: 2, numRuns: 300 }));
});

t.test("secrets are never put into a table", async (t) => {
  const out = new WireBuffer();
  new HpackEncoder().field(out, "authorization", "Basic x");
  t.equal((out.bytes[0] as number) & 0xf0, 0x10);
});
