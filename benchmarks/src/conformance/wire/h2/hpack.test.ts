// The cases' own HPACK, tried with the examples of RFC 7541 appendix C.
import t from "tap";
import { HpackReader } from "./hpack-read.ts";
import { integer, literal } from "./hpack-write.ts";
import { huffman, unhuffman } from "./huffman.ts";

const hex = (text: string) => Buffer.from(text, "latin1").toString("hex");
const unhex = (text: string) => Buffer.from(text, "hex").toString("latin1");
const shown = (fields: readonly (readonly [string, string])[] | undefined) =>
  fields?.map(([name, value]) => `${name}: ${value}`);

t.test("integers (C.1)", (t) => {
  t.equal(hex(integer(0, 5, 10)), "0a");
  t.equal(hex(integer(0, 5, 1337)), "1f9a0a");
  t.equal(hex(integer(0, 8, 42)), "2a");
  t.end();
});

t.test("the Huffman code (C.4.1)", (t) => {
  t.equal(hex(huffman("www.example.com")), "f1e3c2e5f23a6ba0ab90f4ff");
  const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString("latin1");
  t.equal(unhuffman(huffman(all)), all);
  t.equal(unhuffman(unhex("ffffffff")), undefined, "EOS");
  t.equal(unhuffman(unhex("f1e3c2e5f23a6ba0ab90f4ffff")), undefined, "padding of a whole byte");
  t.equal(unhuffman(unhex("f1e3c2e5f23a6ba0ab90f4fe")), undefined, "padding that is not all ones");
  t.end();
});

t.test("answers in the Huffman code, with a table that evicts (C.6)", (t) => {
  // The table of the example holds 256 bytes; the first block announces it.
  const reader = new HpackReader();
  const first =
    "3fe101488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3";
  const common = ["cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT"];
  const place = "location: https://www.example.com";
  t.same(shown(reader.read(unhex(first))), [":status: 302", ...common, place]);
  t.same(shown(reader.read(unhex("4883640effc1c0bf"))), [":status: 307", ...common, place]);
  const third =
    "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007";
  t.same(shown(reader.read(unhex(third))), [
    ":status: 200",
    "cache-control: private",
    "date: Mon, 21 Oct 2013 20:13:22 GMT",
    place,
    "content-encoding: gzip",
    "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
  ]);
  t.end();
});

t.test("blocks that are invalid", (t) => {
  for (const block of ["80", "be", "3fe21f", "40", "4001", "400178", "7fffffffffffffff"])
    t.equal(new HpackReader().read(unhex(block)), undefined, block);
  t.same(shown(new HpackReader().read(literal("x", "y", "never", true))), ["x: y"]);
  t.end();
});
