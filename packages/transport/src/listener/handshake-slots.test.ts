import t from "tap";
import { networkOf } from "./handshake-slots.ts";

t.test("IPv4 addresses count alone, IPv6 addresses by their first 64 bits", async (t) => {
  for (const [address, network] of [
    ["192.0.2.1", "192.0.2.1"],
    ["", ""],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:db8:0:0:ffff:1:2:3", "2001:db8:0:0::/64"],
    ["2001:0db8:0000:00A1::", "2001:db8:0:a1::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::", "0:0:0:0::/64"],
    ["1::2:3:4:5:6:7", "1:0:2:3::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ] as const)
    t.equal(networkOf(address), network, address);
});
