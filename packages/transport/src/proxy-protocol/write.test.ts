// Writes headers, and reads them again; byte by byte where the protocol gives the bytes.
import { deepStrictEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import { canonicalAddress } from "../client-address.ts";
import type { Told } from "../listener/told.ts";
import { SIGNATURE } from "./header.ts";
import { readProxyHeader } from "./read.ts";
import { ownHeader, proxyHeader } from "./write.ts";

const at = (address: string, port: number) => ({ address, port });
const FOUR = { client: at("192.0.2.1", 56_324), local: at("198.51.100.7", 443) };
const SIX = { client: at("2001:db8::1", 1), local: at("::", 65_535) };
const MIXED = { client: at("192.0.2.1", 56_324), local: at("2001:db8::7", 443) };

t.test("version 1", async (t) => {
  const line = (ends: typeof FOUR) => proxyHeader("v1", ends, {}).toString("latin1");
  t.equal(line(FOUR), "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n");
  t.equal(line(SIX), "PROXY TCP6 2001:db8::1 :: 1 65535\r\n");
  t.equal(line(MIXED), "PROXY TCP6 ::ffff:192.0.2.1 2001:db8::7 56324 443\r\n");
  t.equal(line({ ...FOUR, client: at("", 0) }), "PROXY UNKNOWN\r\n");
  t.equal(ownHeader("v1").toString(), "PROXY UNKNOWN\r\n");
});

t.test("version 2", async (t) => {
  const four = [...SIGNATURE, 0x21, 0x11, 0, 12];
  t.same(
    [...proxyHeader("v2", FOUR, {})],
    [...four, 192, 0, 2, 1, 198, 51, 100, 7, 0xdc, 0x04, 0x01, 0xbb],
  );
  t.same([...ownHeader("v2")], [...SIGNATURE, 0x20, 0, 0, 0]);
  t.same([...proxyHeader("v2", { ...FOUR, local: at("", 0) }, {})], [...SIGNATURE, 0x21, 0, 0, 0]);
  const authority = proxyHeader("v2", FOUR, { authority: "a.test" });
  t.same([...authority.subarray(28)], [0x02, 0, 6, ...Buffer.from("a.test")]);
});

/** An IPv6 address as text, with any number of groups abbreviated. */
const ipv6 = fc.ipV6().filter((address) => !address.includes("%"));
const address = fc.oneof(fc.ipV4(), ipv6);
const end = fc.record({ address, port: fc.nat(65_535) });
const word = fc.string({ unit: "binary-ascii", maxLength: 40 });
/** One character for each byte. */
const bytes = fc.string({
  unit: fc.nat(255).map((byte) => String.fromCharCode(byte)),
  maxLength: 40,
});
/** Only a certificate that was shown can be verified. */
const certificate = fc.constantFrom(
  { certificate: false, certificateNow: false, verified: false },
  { certificate: true, certificateNow: false, verified: false },
  { certificate: true, certificateNow: true, verified: true },
);
const tls = fc
  .tuple(
    certificate,
    fc.record(
      { overTls: fc.boolean(), version: word, cipher: word, commonName: word },
      { noNullPrototype: true },
    ),
  )
  .map(([shown, rest]) => ({ ...shown, ...rest }));
const tlvs: fc.Arbitrary<Told & { readonly checksum?: boolean }> = fc.record(
  { authority: word, alpn: bytes, uniqueId: bytes, tls, checksum: fc.boolean() },
  { requiredKeys: [], noNullPrototype: true },
);

t.test("what is written is what is read, in both versions", async () => {
  fc.assert(
    fc.property(end, end, tlvs, (client, local, written) => {
      for (const version of ["v1", "v2"] as const) {
        const header = proxyHeader(version, { client, local }, written);
        const read = readProxyHeader(header);
        if (read === undefined || typeof read === "string" || read.ends === undefined)
          throw new Error(`${version} read as ${read}`);
        const again = proxyHeader(version, read.ends, version === "v2" ? written : {});
        const { checksum, ...others } = written;
        if (version === "v2") deepStrictEqual(read.tlvs, others);
        equal(read.length, header.length);
        equal(read.ends.client.port, client.port);
        equal(read.ends.client.address, canonicalAddress(client.address));
        equal(read.ends.local.address, canonicalAddress(local.address));
        deepStrictEqual(readProxyHeader(again), { ...read, length: again.length });
      }
    }),
    { numRuns: 300 },
  );
});

/** Headers, well-formed and then spoilt: bytes changed, cut out, and put in. */
const spoilt = fc
  .tuple(
    end,
    end,
    tlvs,
    fc.constantFrom("v1" as const, "v2" as const),
    fc.array(fc.tuple(fc.nat(400), fc.nat(3), fc.uint8Array({ maxLength: 4 })), { maxLength: 4 }),
  )
  .map(([client, local, written, version, edits]) => {
    const bytes = [...proxyHeader(version, { client, local }, written)];
    for (const [where, cut, put] of edits) bytes.splice(where % (bytes.length + 1), cut, ...put);
    return Buffer.from(bytes);
  });

t.test("spoilt headers mean the same whole and in pieces, and never throw", async () => {
  fc.assert(
    fc.property(spoilt, (bytes) => {
      const whole = readProxyHeader(bytes);
      for (let length = 0; length < bytes.length; length++) {
        const part = readProxyHeader(bytes.subarray(0, length));
        if (part === undefined) continue;
        if (typeof part !== typeof whole) throw new Error(`${length} bytes decide otherwise`);
        if (typeof part === "object" && part.length !== length) throw new Error("another length");
        return;
      }
      if (typeof whole === "object" && whole.length !== bytes.length)
        throw new Error("its end was found late");
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 3_000) },
  );
});
