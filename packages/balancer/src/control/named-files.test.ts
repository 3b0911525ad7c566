import t from "tap";
import { renewedFiles } from "./named-files.ts";

t.test("a certificate that is told of as new is not told of twice", async (t) => {
  const files = (digest: string) =>
    new Map([
      ["backends.web.tls.cert", { file: "/b.crt", digest }],
      ["backends.web.tls.key", { file: "/b.key", digest }],
    ]);
  const key = "backends.web.tls.key: /b.key has changed, and was read again";
  const told = ["backends.web.tls: /b.crt is a new certificate, until 2030-01-01"];
  t.same(renewedFiles(files("1"), files("2"), told), [key]);
  const chain = "backends.web.tls.cert: /b.crt has changed, and was read again";
  t.same(renewedFiles(files("1"), files("2"), []), [chain, key], "where only its chain is new");
  t.same(renewedFiles(files("1"), files("1"), []), []);
});
