// What HTTP/2 sends of a request that is written for HTTP/1.1.
import t from "tap";
import { requestFromText } from "./request-text.ts";

const lines = (text: string) => {
  const { line, fields } = requestFromText(`${text}\r\n\r\n`, "https");
  return [line, fields.keys.map((key, i) => `${key}: ${fields.value(i)}`)];
};

t.test("the request line and Host become pseudo-header fields, names lower case", async (t) => {
  t.same(
    lines("PUT /a?b=c HTTP/1.1\r\nHost: x:1\r\nX-Name: \t Value \r\nAccept:\r\nCookie: a=1; b=2"),
    [
      { method: "PUT", scheme: "https", authority: "x:1", path: "/a?b=c" },
      ["x-name: Value", "accept: ", "cookie: a=1; b=2"],
    ],
  );
});

t.test("fields about the connection are left out; TE and Content-Length stay", async (t) => {
  const fields = [
    ...["Connection: upgrade, TE", "HTTP2-Settings: x", "Keep-Alive: x"],
    ...["Proxy-Connection: x", "Transfer-Encoding: chunked", "TE: trailers", "Content-Length: 3"],
  ];
  t.same(lines(`OPTIONS * HTTP/1.1\r\n${fields.join("\r\n")}`), [
    { method: "OPTIONS", scheme: "https", authority: "", path: "*" },
    ["te: trailers", "content-length: 3"],
  ]);
});

t.test("names are told apart however many there are", async (t) => {
  for (let i = 0; i < 1_000; i++)
    t.same(lines(`GET / HTTP/1.1\r\nX-${i}: ${i}`)[1], [`x-${i}: ${i}`]);
});
