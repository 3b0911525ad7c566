// Cases about access rules for hosts and paths (RFC 3986 §6.2.2, RFC 9110 §7.2). The proxies are
// set up to refuse every request for the host private.example and for paths below /private/. A
// request that spells this host or path in another way must be refused too.
import type { Case, Topic } from "../case.ts";
import { answered, forwardedTimes, nothingForwarded } from "../checks.ts";
import { head } from "./wording.ts";

const NORMAL = "RFC 3986 §6.2.2";

function holds(id: string, title: string, source: string, bytes: string): Case {
  return {
    ...{ id, title, source, rule: "the rule holds", send: [bytes], answers: 1 },
    ...{ refuses: "head", needs: "rules", checks: [nothingForwarded] },
  };
}

const hosts = (
  [
    ["rule-host", "private.example", NORMAL],
    ["rule-host-case", "PRIVATE.Example", NORMAL],
    ["rule-host-port", "private.example:80", "RFC 9110 §7.2"],
    ["rule-host-dot", "private.example.", "RFC 1034 §3.1"],
    ["rule-host-dot-port", "private.example.:80", "RFC 1034 §3.1"],
    ["rule-host-escaped", "%70rivate.example", NORMAL],
  ] as const
).map(([id, host, source]) =>
  holds(id, `\`Host: ${host}\``, source, head("GET / HTTP/1.1", `Host: ${host}`)),
);

const targets = (
  [
    ["rule-target-host", "http://private.example./", "RFC 9112 §3.2.2"],
    ["rule-path", "/private/x", NORMAL],
    ["rule-path-slashes", "//private//x", NORMAL],
    ["rule-path-escaped", "/%70rivate/x", NORMAL],
    ["rule-path-dots", "/a/../private/x", "RFC 3986 §5.2.4"],
    ["rule-path-escaped-dots", "/a/%2e%2E/private/x", "RFC 3986 §5.2.4"],
    ["rule-path-dots-and-slashes", "/a/..//./private/x", "RFC 3986 §5.2.4"],
    ["rule-path-absolute", "http://example.com//%70rivate/x", "RFC 9112 §3.2.2"],
  ] as const
).map(([id, target, source]) =>
  holds(id, `\`${target}\``, source, head(`GET ${target} HTTP/1.1`, "Host: example.com")),
);

const beside: Case = {
  id: "rule-path-beside",
  title: "`/private` as an encoded segment of another path",
  source: "RFC 3986 §2.2",
  rule: "forwarded: `%2F` is no slash",
  send: [head("GET /a%2Fprivate/x HTTP/1.1", "Host: example.com")],
  answers: 1,
  needs: "rules",
  checks: [answered(200), forwardedTimes(1)],
};

export const rules: Topic = {
  name: "rules",
  title: "Rules about hosts and paths",
  cases: [...hosts, ...targets, beside],
};
