// Writes docs/conformance.md: how conformance is measured, then one table per topic.
import type { Report } from "./report.ts";
import { summaryTable, topicTable } from "./tables.ts";

/** Returns the whole page as Markdown. */
export function page(report: Report): string {
  const { date, node, peers, topics } = report;
  const count = topics.reduce((sum, { cases }) => sum + cases.length, 0);
  return `# Conformance

<!-- Made by \`npm run conformance -- --write\`; the cases are in benchmarks/src/conformance/cases. -->

What a proxy does with requests and responses that are unusual, doubtful or broken: ${count} cases, each
with the bytes a client sends, what the server behind the proxy answers, and what our rule is. Run on
${date}, Node proxies on Node ${node}. The client speaks HTTP/1.1; [cases whose client speaks
HTTP/2](conformance-http2.md) have a page of their own.

## Reading the tables

- ✓ as our rule says, ✗ otherwise, ≈ refused in another way where our rule is to refuse: another status, or
  closed without an answer. – not run: the proxy, as set up here, has no such setting.
- The word is what was seen: the statuses of the final answers, \`forwarded\` for a request that our rule
  refuses and that reached the server, \`hang\` for 2.5 seconds without an outcome, \`closed\` or \`reset\` for an
  end without an answer; in parentheses what else was different.
- **Our rule is one choice.** Where the RFC leaves room, others are as legitimate: HAProxy forwards what it
  has made unambiguous, nginx accepts a bare LF as RFC 9112 §2.2 allows, white space around a transfer coding
  is allowed (RFC 9112 §5) and refused here because that is how requests were smuggled, and dot segments are
  some servers' own to resolve. A ✗ says "differs from our rule", not "wrong"; whether it matters depends on what stands behind.
- In every case, and for every proxy, each request that reaches the server is read byte by byte: one that
  servers could read in two ways counts as ✗ whatever the answer was.

${summaryTable(report)}

## How it is measured

One proxy at a time, in a process of its own on loopback, between a client and a server that are plain
sockets and share no code with any proxy. Nothing is retried. Timeouts are 1 s where the proxy has such
a setting. HAProxy, nginx and Caddy run with short configurations in the way of their manuals
(\`benchmarks/src/conformance/peers\`), which for nginx includes passing \`Upgrade\` on. The Node libraries run
as in the [benchmark](../benchmarks/src/peers/proxies): few lines, which close the client's connection
on any error; a program may do better with an error handler, timeouts of its own and an \`upgrade\`
listener. Versions are those installed: newer ones may answer otherwise.

\`\`\`
npm run conformance                        # all cases, all installed proxies
npm run conformance -- --peer tandem       # one proxy
npm run conformance -- --case cl-te        # one case, with the bytes of both sides
npm run conformance -- --protocol h1       # the cases of this page
npm run conformance -- --write             # renew this page and that of HTTP/2
\`\`\`

${topics.map((topic) => topicTable(topic, peers)).join("\n\n")}
`;
}
