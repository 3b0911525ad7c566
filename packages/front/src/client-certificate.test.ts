// The subject of a client's certificate as a field and as a text in the log.
import { randomBytes } from "node:crypto";
import t from "tap";
import { certificateFields, subjectOf } from "./client-certificate.ts";

t.test("a subject is one line of plain ASCII, the last attribute first", (t) => {
  t.equal(subjectOf({ subject: "C=DE\nO=Foo\\, Inc.\nCN=a" }), "CN=a,O=Foo\\, Inc.,C=DE");
  t.equal(subjectOf({ subject: "" }), "");
  // The low byte of U+010A is a line feed. Written as Latin-1 it would end the field.
  t.equal(subjectOf({ subject: "CN=\u010aX-Admin: yes" }), "CN=\\C4\\8AX-Admin: yes");
  t.equal(subjectOf({ subject: "CN=J\u00fcrgen \u{1f600}" }), "CN=J\\C3\\BCrgen \\F0\\9F\\98\\80");
  t.end();
});

t.test("no certificate is said too; a very long one is not passed on whole", (t) => {
  t.strictSame(certificateFields(null), [["X-Client-Cert-Verified", "no"]]);
  const facts = { subject: "CN=a", issuer: "CN=b", serialNumber: "01" };
  const fieldsOf = (bytes: number) =>
    certificateFields({ ...facts, fingerprint: "AB:CD", raw: randomBytes(bytes) });
  t.match(new Map(fieldsOf(900)).get("Client-Cert"), /^:[\w+/]{1200}:$/);
  const long = new Map(fieldsOf(4000));
  t.notOk(long.has("Client-Cert"));
  t.equal(long.get("X-Client-Cert-Fingerprint"), "abcd");
  t.end();
});
