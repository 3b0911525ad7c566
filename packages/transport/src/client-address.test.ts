import t from "tap";
import { networkMatcher } from "./address.ts";
import { canonicalAddress, clientAddress } from "./client-address.ts";

const trusts = networkMatcher(["10.0.0.0/8", "127.0.0.1", "fd00::/8"]);
const PEER = "10.0.0.1";

t.test("the client is the first address from the right that is not a trusted proxy", async (t) => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [[], PEER],
    [["203.0.113.7"], "203.0.113.7"],
    [["198.51.100.1, 203.0.113.7"], "203.0.113.7"],
    // A proxy may add a second X-Forwarded-For line after the client's line.
    [["198.51.100.1", "203.0.113.7"], "203.0.113.7"],
    [["198.51.100.1", "203.0.113.7, 10.0.0.2"], "203.0.113.7"],
    [["203.0.113.7", "10.0.0.3", "10.0.0.2"], "203.0.113.7"],
    [["203.0.113.7,,", "", " , 10.0.0.2 ,"], "203.0.113.7"],
    [["10.0.0.9, 10.0.0.2"], "10.0.0.9"],
    [["203.0.113.7:4711"], "203.0.113.7"],
    [["[2001:DB8::0:7]:4711, fd00::1"], "2001:db8::7"],
    [["::ffff:203.0.113.7, ::FFFF:a00:2"], "203.0.113.7"],
  ];
  for (const [lines, expected] of cases) {
    t.equal(clientAddress(PEER, lines, trusts), expected, JSON.stringify(lines));
  }
});

t.test("the search ends before a member that is not an address", async (t) => {
  for (const junk of ["unknown", "garbage", "_hidden", "1.2.3", "203.0.113.7.example", "-", "["]) {
    t.equal(clientAddress(PEER, [`203.0.113.7, ${junk}`], trusts), PEER, junk);
    t.equal(clientAddress(PEER, [junk, "10.0.0.2"], trusts), "10.0.0.2", junk);
  }
});

t.test("an untrusted peer is the client, whatever its fields say", async (t) => {
  t.equal(clientAddress("198.51.100.9", ["203.0.113.7, 10.0.0.1"], trusts), "198.51.100.9");
});

t.test("all spellings of an address have one canonical form", async (t) => {
  for (const same of [
    "203.0.113.7",
    "203.0.113.7:1",
    "::ffff:203.0.113.7",
    "[::FFFF:cb00:7107]:80",
  ])
    t.equal(canonicalAddress(same), "203.0.113.7", same);
  for (const same of ["2001:db8::1", "2001:DB8:0:0::1", "[2001:db8::1]", "[2001:db8:0::1]:65535"])
    t.equal(canonicalAddress(same), "2001:db8::1", same);
  t.equal(canonicalAddress("fe80::1%eth0"), "fe80::1", "a zone has no meaning on other machines");
  for (const none of [
    "",
    "1.2.3.4:",
    "1.2.3.4:x",
    "1.2.3.4:123456",
    "[1.2.3.4]",
    "[::1",
    "[::1]8",
    "::1]:8",
    "a:80",
  ])
    t.equal(canonicalAddress(none), undefined, none);
});
