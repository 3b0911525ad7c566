// Reads headers written from the text of the protocol (section 2.1 and 2.2), well-formed and malformed. Each comes
// whole, and one byte at a time.
import t from "tap";
import { crc32c } from "./crc32c.ts";
import { type ProxyHeader, SIGNATURE } from "./header.ts";
import { readProxyHeader } from "./read.ts";

/** Returns a header of version 2: its 13th and 14th byte, and what follows the length. */
function v2(command: number, family: number, rest: readonly number[], length = rest.length) {
  return Buffer.from([...SIGNATURE, command, family, length >> 8, length & 0xff, ...rest]);
}

const tlv = (type: number, value: readonly number[]) => [
  ...[type, value.length >> 8, value.length & 0xff],
  ...value,
];
const ascii = (text: string) => [...Buffer.from(text)];
const zeros = (count: number) => Array<number>(count).fill(0);
/** 192.0.2.1:56324 → 198.51.100.7:443 */
const FOUR = [192, 0, 2, 1, 198, 51, 100, 7, 0xdc, 0x04, 0x01, 0xbb];
/** 2001:db8::1 port 56324 → ::ffff:198.51.100.7 port 443 */
const SIX = [
  ...[0x20, 0x01, 0x0d, 0xb8, ...zeros(11), 1],
  ...[...zeros(10), 0xff, 0xff, 198, 51, 100, 7],
  ...[0xdc, 0x04, 0x01, 0xbb],
];
const ENDS4 = {
  client: { address: "192.0.2.1", port: 56_324 },
  local: { address: "198.51.100.7", port: 443 },
};
const ENDS6 = { ...ENDS4, client: { address: "2001:db8::1", port: 56_324 } };

function withChecksum(header: Buffer): Buffer {
  const at = header.length - 4;
  header.writeUInt32BE(crc32c(header, at), at);
  return header;
}

/** Reads a header that comes whole, with the client's bytes after it; and one byte at a time. */
function read(header: Buffer): ProxyHeader | string | undefined {
  const whole = readProxyHeader(Buffer.concat([header, Buffer.from("\r\nGET / HTTP/1.1")]));
  for (let length = 0; length <= header.length; length++) {
    const part = readProxyHeader(header.subarray(0, length));
    if (part === undefined) continue;
    t.same(part, whole, `after ${length} of ${header.length} bytes`);
    if (typeof part !== "string") t.equal(length, header.length, "not before its end");
    return part;
  }
  t.equal(whole, undefined, "what the client sends does not complete it");
  return undefined;
}

const WELL_FORMED: Readonly<Record<string, readonly [Buffer, object]>> = {
  "v1, the longest of TCP4": [
    Buffer.from("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n"),
    { ends: { client: { address: "255.255.255.255", port: 65_535 } } },
  ],
  "v1, the longest of TCP6": [
    Buffer.from(
      `PROXY TCP6 ${Array(8).fill("ffff").join(":")} ${Array(8).fill("ffff").join(":")} 65535 65535\r\n`,
    ),
    { ends: { client: { address: Array(8).fill("ffff").join(":") } } },
  ],
  "v1, IPv4 in the form of IPv6": [
    Buffer.from("PROXY TCP6 ::FFFF:192.0.2.1 2001:DB8:0:0::1 1 0\r\n"),
    {
      ends: {
        client: { address: "192.0.2.1", port: 1 },
        local: { address: "2001:db8::1", port: 0 },
      },
    },
  ],
  "v1, unknown": [Buffer.from("PROXY UNKNOWN\r\n"), { ends: undefined }],
  "v1, unknown, the longest line of all": [
    Buffer.from(
      `PROXY UNKNOWN ${Array(8).fill("ffff").join(":")} ${Array(8).fill("ffff").join(":")} 65535 65535\r\n`,
    ),
    { ends: undefined, length: 107 },
  ],
  "v2, IPv4": [v2(0x21, 0x11, FOUR), { ends: ENDS4, tlvs: {} }],
  "v2, IPv6": [v2(0x21, 0x21, SIX), { ends: ENDS6, tlvs: {} }],
  "v2, local": [v2(0x20, 0x00, []), { ends: undefined, length: 16 }],
  "v2, local with addresses and what is no TLV, which are discarded": [
    v2(0x20, 0x11, [...FOUR, 1]),
    { ends: undefined, length: 29 },
  ],
  "v2, local of a family that does not exist": [v2(0x20, 0xff, [1, 2]), { ends: undefined }],
  "v2, unspecified": [v2(0x21, 0x00, []), { ends: undefined }],
  "v2, unspecified with a TLV": [
    v2(0x21, 0x00, tlv(0x02, ascii("a.test"))),
    { ends: undefined, tlvs: { authority: "a.test" } },
  ],
  "v2, UNIX": [v2(0x21, 0x31, zeros(216)), { ends: undefined }],
  "v2, UDP": [v2(0x21, 0x12, FOUR), { ends: undefined }],
  "v2, TLVs": [
    v2(0x21, 0x11, [
      ...FOUR,
      ...tlv(0x01, ascii("h2")),
      ...tlv(0x02, ascii("www.foobar.com")),
      ...tlv(0x04, zeros(9)),
      ...tlv(0x05, ascii("id-1")),
      ...tlv(0x30, ascii("netns")),
      ...tlv(0xea, [1]),
      ...tlv(0x20, [
        ...[0x01 | 0x04, 0, 0, 0, 0],
        ...tlv(0x21, ascii("TLSv1.3")),
        ...tlv(0x22, ascii("me")),
        ...tlv(0x23, ascii("TLS_AES_128_GCM_SHA256")),
      ]),
    ]),
    {
      ends: ENDS4,
      tlvs: {
        ...{ alpn: "h2", authority: "www.foobar.com", uniqueId: "id-1" },
        tls: {
          ...{ overTls: true, certificate: true, verified: true, version: "TLSv1.3" },
          ...{ commonName: "me", cipher: "TLS_AES_128_GCM_SHA256" },
        },
      },
    },
  ],
  "v2, TLS without a certificate": [
    v2(0x21, 0x11, [...FOUR, ...tlv(0x20, [1, 0, 0, 0, 1])]),
    { tlvs: { tls: { overTls: true, certificate: false, verified: false, version: undefined } } },
  ],
  "v2, TLS without a certificate, called verified as HAProxy does": [
    v2(0x21, 0x11, [...FOUR, ...tlv(0x20, [1, 0, 0, 0, 0])]),
    { tlvs: { tls: { certificate: false, verified: false } } },
  ],
  "v2, TLS with a certificate that was not verified": [
    v2(0x21, 0x11, [...FOUR, ...tlv(0x20, [3, 0, 0, 0, 18])]),
    { tlvs: { tls: { certificate: true, verified: false } } },
  ],
  "v2, checksum": [
    withChecksum(v2(0x21, 0x11, [...FOUR, ...tlv(0x03, zeros(4))])),
    { ends: ENDS4, tlvs: {} },
  ],
};

for (const [name, [header, wanted]] of Object.entries(WELL_FORMED))
  t.test(name, async (t) => {
    t.match(read(header), { length: header.length, ...wanted });
  });

const MALFORMED: Readonly<Record<string, readonly [Buffer, RegExp]>> = {
  "no header": [Buffer.from("GET / HTTP/1.1\r\n"), /does not begin/],
  "a ClientHello": [Buffer.from([22, 3, 1, 2, 0]), /does not begin/],
  "v1 in lower case": [Buffer.from("proxy TCP4 "), /does not begin/],
  "v1, no protocol": [Buffer.from("PROXY \r\n"), /protocol is ""/],
  "v1, UDP": [Buffer.from("PROXY UDP4 1.1.1.1 1.1.1.1 1 1\r\n"), /protocol is "UDP4"/],
  "v1, a name of every object": [Buffer.from("PROXY constructor\r\n"), /"constructor"/],
  "v1, two spaces": [Buffer.from("PROXY TCP4  1.1.1.1 1.1.1.1 1 1\r\n"), /5 words/],
  "v1, a word too few": [Buffer.from("PROXY TCP4 1.1.1.1 1.1.1.1 1\r\n"), /3 words/],
  "v1, IPv6 as TCP4": [Buffer.from("PROXY TCP4 ::1 1.1.1.1 1 1\r\n"), /"::1" is no address/],
  "v1, IPv4 as TCP6": [Buffer.from("PROXY TCP6 ::1 1.1.1.1 1 1\r\n"), /"1.1.1.1" is no/],
  "v1, an address with leading zeros": [
    Buffer.from("PROXY TCP4 01.1.1.1 1.1.1.1 1 1\r\n"),
    /no add/,
  ],
  "v1, an address with a zone": [Buffer.from("PROXY TCP6 fe80::1%lo ::1 1 1\r\n"), /no address/],
  "v1, a port too high": [Buffer.from("PROXY TCP4 1.1.1.1 1.1.1.1 65536 1\r\n"), /no port/],
  "v1, a port with leading zeros": [Buffer.from("PROXY TCP4 1.1.1.1 1.1.1.1 1 01\r\n"), /no port/],
  "v1, a signed port": [Buffer.from("PROXY TCP4 1.1.1.1 1.1.1.1 +1 1\r\n"), /no port/],
  "v1, line ended by LF alone": [Buffer.from("PROXY TCP4 1.1.1.1 1.1.1.1 1 1\n\r\n"), /no port/],
  "v1, one byte too long": [
    Buffer.from(`PROXY UNKNOWN ${"x".repeat(92)}\r\n`),
    /longer than the 107/,
  ],
  "v1, endless": [Buffer.from(`PROXY TCP4 ${"1".repeat(500)}`), /longer than the 107/],
  "v2, version 1": [v2(0x11, 0x11, FOUR), /version is 1/],
  "v2, a third command": [v2(0x22, 0x11, FOUR), /command is 2/],
  "v2, an unknown family": [v2(0x21, 0x41, FOUR), /family is 4/],
  "v2, an unknown transport": [v2(0x21, 0x13, FOUR), /transport is 3/],
  "v2, too short for IPv4": [v2(0x21, 0x11, FOUR.slice(1)), /need 12 bytes.* 11/],
  "v2, too short for IPv6": [v2(0x21, 0x21, FOUR), /need 36 bytes.* 12/],
  "v2, too short for UNIX": [v2(0x21, 0x31, FOUR), /need 216 bytes/],
  "v2, longer than allowed": [v2(0x21, 0x11, FOUR, 0xffff), /65551 bytes, and 16384/],
  "v2, half a TLV": [v2(0x21, 0x11, [...FOUR, 1, 0]), /last 2 bytes/],
  "v2, a TLV beyond the end": [
    v2(0x21, 0x11, [...FOUR, 1, 0, 9, 1]),
    /0x01 has 9 bytes.* 1 are left/,
  ],
  "v2, half a TLV after UNSPEC": [v2(0x21, 0x00, [1]), /last 1 bytes/],
  "v2, a TLS TLV too short": [v2(0x21, 0x11, [...FOUR, ...tlv(0x20, [1, 0])]), /TLS TLV has 2/],
  "v2, half a TLV within the TLS TLV": [
    v2(0x21, 0x11, [...FOUR, ...tlv(0x20, [1, 0, 0, 0, 0, 0x21])]),
    /in its TLS TLV: its last 1/,
  ],
  "v2, a unique id too long": [v2(0x21, 0x11, [...FOUR, ...tlv(0x05, zeros(129))]), /id has 129/],
  "v2, a wrong checksum": [v2(0x21, 0x11, [...FOUR, ...tlv(0x03, zeros(4))]), /checksum is wrong/],
  "v2, a checksum of 3 bytes": [
    v2(0x21, 0x11, [...FOUR, ...tlv(0x03, zeros(3))]),
    /checksum has 3/,
  ],
  "v2, two checksums": [
    // The first is right: it was computed while the second was zero.
    ((header: Buffer) => {
      header.writeUInt32BE(crc32c(header, 31), 31);
      return header;
    })(v2(0x21, 0x11, [...FOUR, ...tlv(0x03, zeros(4)), ...tlv(0x03, zeros(4))])),
    /two checksums/,
  ],
};

for (const [name, [header, why]] of Object.entries(MALFORMED))
  t.test(name, async (t) => {
    const reading = read(header);
    t.type(reading, "string");
    t.match(reading, why);
  });

t.test("a byte of a value that changed under way is found by the checksum", async (t) => {
  const header = withChecksum(
    v2(0x21, 0x11, [...FOUR, ...tlv(0x02, ascii("a.test")), ...tlv(0x03, zeros(4))]),
  );
  const checksumAt = header.length - 7;
  for (let at = 16; at < checksumAt; at++) {
    const changed = Buffer.from(header);
    changed.writeUInt8((changed[at] as number) ^ 0x10, at);
    const reading = readProxyHeader(changed);
    t.ok(typeof reading !== "object", `byte ${at}`);
  }
});

t.test("the check value of CRC-32C", async (t) => {
  t.equal(crc32c(Buffer.from("123456789")), 0xe3069283);
});
