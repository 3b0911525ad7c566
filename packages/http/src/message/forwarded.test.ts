import t from "tap";
import { Fields } from "./fields.ts";
import { setForwarded } from "./forwarded.ts";

t.test("a trusted peer may name only http, https, ws or wss as the scheme", async (t) => {
  for (const [said, passed] of [
    ["javascript", "https"],
    ["http, javascript", "https"],
    ["", "https"],
    ["HTTP", "http"],
    ["wss", "wss"],
  ] as const) {
    const fields = new Fields();
    fields.add("X-Forwarded-Proto", said);
    setForwarded(fields, {
      ...{ clientAddress: "192.0.2.7", clientPort: 4711, scheme: "https" },
      ...{ host: "www.foobar.com", port: 443, trusted: true },
    });
    t.same(fields.all("x-forwarded-proto"), [passed], `the scheme ${said}`);
  }
});
