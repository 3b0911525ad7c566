// Writes docs/conformance-http2.md: how to read the cases over HTTP/2, then one table per topic.
import { h2specCases } from "./h2spec.ts";
import type { Report } from "./report.ts";
import { summaryTable, topicTable } from "./tables.ts";

/** Returns the whole page as Markdown. */
export function pageOfHttp2(report: Report): string {
  const { date, peers, topics } = report;
  const count = topics.reduce((sum, { cases }) => sum + cases.length, 0);
  return `# Conformance over HTTP/2

<!-- Made by \`npm run conformance -- --write\`; the cases are in benchmarks/src/conformance/cases/h2. -->

What a proxy does with frames, streams, heads and bodies that are unusual, doubtful or broken: ${count} cases
whose client speaks HTTP/2 and whose server speaks HTTP/1.1, each with the section it rests on and our rule.
Run on ${date}. The proxy packages of [the page about HTTP/1.1](conformance.md) speak no HTTP/2 to clients; in
their place stands [a proxy of a few lines](../benchmarks/src/peers/proxies/node-http2.ts) with Node's own \`node:http2\`.

## Reading the tables

- ✓ as our rule says, ✗ otherwise, ≈ refused in another way where our rule is to refuse: another code or status,
  the stream reset in place of the connection, or the connection ended in place of the stream. The latter is
  always allowed (RFC 9113 §5.4.1).
- The word is what was seen: the statuses of the final answers, \`RST\` and \`GOAWAY\` with their codes,
  \`closed\` or \`reset\` for the end of the connection without GOAWAY, \`goes on\` when a PING behind all that was
  sent is answered and nothing else came, \`forwarded\` for a request that our rule refuses and that reached the
  server, \`hang\` for 2.5 seconds without an outcome; in parentheses what else was different.
- A connection error counts only when GOAWAY has the code and the connection is closed after it. A stream error
  counts only when the connection goes on: a PING behind it has to be answered.
- **RFC 9113, not 7540.** Where they differ, our rule is that of the newer one: priorities have no meaning (§5.3.2), so
  a stream that depends on itself is no fault; \`Host\` that differs from \`:authority\` is malformed (§8.3.1); a field
  whose name or value could not stand in HTTP/1.1 is malformed (§8.2.1).
- **Our rule is one choice** where the RFC leaves room, as in the limits. A ✗ says "differs from our rule".
- In every case each request that reaches the server is read byte by byte, and each answer that reaches the client is
  decoded: fields of HTTP/1.1 connections, capital letters or a bad header block count as ✗.

${summaryTable(report)}

All ${h2specCases(topics).size} cases of [h2spec](https://github.com/summerwind/h2spec) 2.6 are among these, written anew for a proxy:
each says what has to reach the server as well. h2spec follows RFC 7540. The only two that are judged otherwise here
are http2/5.3.1, about a stream that depends on itself. The program itself, built from its source and run with
\`--strict\`, passed the other 145 on Tandem on 2026-11-29.

## How it is measured

As for [HTTP/1.1](conformance.md#how-it-is-measured): one proxy at a time on loopback, between a client and a server
that are plain sockets. Frames, HPACK and the Huffman code are the cases' own and shared with no proxy. The client
knows beforehand that the proxy speaks HTTP/2 (RFC 9113 §3.3), so no TLS is in the way. Most cases end when a PING is
answered or the connection is closed, not after a time.

\`\`\`
npm run conformance -- --protocol h2                        # these cases, all installed proxies
npm run conformance -- --protocol h2 --peer tandem          # one proxy
npm run conformance -- --case h2-hpack-bad-eos              # one case, with the bytes of both sides
npm run conformance -- --protocol h2 --write                # renew this page
\`\`\`

${topics.map((topic) => topicTable(topic, peers)).join("\n\n")}
`;
}
