// Tests which logins are recognized as valid for a whole connection and not only for one request.
import t from "tap";
import { DEFAULT_LIMITS } from "../h1/limits.ts";
import { parseRequestHead } from "../h1/parse-request.ts";
import { parseResponseHead } from "../h1/parse-response.ts";
import { asksConnectionLogin, logsConnectionIn } from "./connection-login.ts";
import { RequestHead, ResponseHead } from "./head.ts";

t.test("a login that holds for a whole connection is recognized by its scheme", (t) => {
  const request = (...lines: string[]) => {
    const text = ["GET / HTTP/1.1", "Host: a", ...lines].map((line) => `${line}\r\n`).join("");
    const head = parseRequestHead(text, DEFAULT_LIMITS);
    if (!(head instanceof RequestHead)) throw head;
    return head;
  };
  const asks = (...lines: string[]) => {
    const text = ["HTTP/1.1 401 No", "Content-Length: 0", ...lines];
    const head = parseResponseHead(
      text.map((line) => `${line}\r\n`).join(""),
      DEFAULT_LIMITS,
      "GET",
    );
    if (!(head instanceof ResponseHead)) throw head;
    return asksConnectionLogin(head);
  };
  for (const scheme of ["NTLM", "Negotiate", "negotiate", "nTlM", "Nego2", "Kerberos"]) {
    t.ok(logsConnectionIn(request(`AUTHORIZATION:${scheme} YQ==`)), scheme);
    t.ok(logsConnectionIn(request("Authorization: Basic YQ==", `Authorization: ${scheme} YQ==`)));
    t.ok(asks(`WWW-Authenticate: ${scheme}`), scheme);
    t.ok(asks("WWW-Authenticate: Basic realm=x", `www-authenticate:\t${scheme} YQ==`));
    t.ok(asks(`WWW-Authenticate: Basic realm="a, b" ,\t${scheme}, Bearer`));
  }
  t.notOk(logsConnectionIn(request()));
  for (const other of ["Basic bnRsbQ==", "Bearer ntlm", "Digest username=ntlm, realm=negotiate"]) {
    t.notOk(logsConnectionIn(request(`Authorization: ${other}`)), other);
  }
  t.notOk(
    logsConnectionIn(request("X-Authorization: NTLM YQ==", "Proxy-Authorization: NTLM YQ==")),
  );
  t.notOk(asks());
  t.notOk(asks("WWW-Authenticate: Basic realm=ntlm, Bearer", "X-Negotiate: NTLM"));
  const edited = request("Authorization: NTLM YQ==");
  edited.editableFields.set("Authorization", "Bearer x");
  t.notOk(logsConnectionIn(edited), "the edited fields are judged, because those are forwarded");
  const added = request();
  added.editableFields.add("Authorization", "Negotiate YQ==");
  t.ok(logsConnectionIn(added));
  t.end();
});
