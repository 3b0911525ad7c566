// Requests like a browser's: ten fields, some 500 bytes. Path, Cookie and Referer are new in each request.
import type { LoadJob } from "./load.ts";

const BEFORE =
  "Connection: keep-alive\r\n" +
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n" +
  "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n" +
  "Accept-Language: en-GB,en;q=0.7,de;q=0.3\r\nAccept-Encoding: gzip, deflate, br\r\n";
const AFTER = "Sec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\n\r\n";

let asked = 0;

/** Returns the next request, as if from another visitor. */
export function browserRequest({ method, path, port }: LoadJob): string {
  const n = (++asked).toString(36).padStart(8, "0");
  const host = `127.0.0.1:${port}`;
  return (
    `${method} ${path}/${n}?page=${asked % 97} HTTP/1.1\r\nHost: ${host}\r\n${BEFORE}` +
    `Referer: http://${host}${path}/from-${n}\r\n` +
    `Cookie: session=${n}f3c9d1e7a5b8; seen=${asked}; theme=dark\r\n${AFTER}`
  );
}
