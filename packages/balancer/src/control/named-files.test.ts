import t from "tap";
import { renewedFiles } from "./named-files.ts";

t.test("a file that is already reported as a new certificate is not reported again", async (t) => {
  const files = (digest: string) =>
    new Map([
      ["backends.web.tls.cert", { file: "/b.crt", digest }],
      ["backends.web.tls.key", { file: "/b.key", digest }],
    ]);
  const key = "backends.web.tls.key: /b.key has changed, and was read again";
  const reported = ["backends.web.tls: /b.crt is a new certificate, until 2030-01-01"];
  t.same(renewedFiles(files("1"), files("2"), reported), [key]);
  const chain = "backends.web.tls.cert: /b.crt has changed, and was read again";
  t.same(
    renewedFiles(files("1"), files("2"), []),
    [chain, key],
    "a certificate file of which only the chain is new is reported",
  );
  t.same(renewedFiles(files("1"), files("1"), []), []);
});
