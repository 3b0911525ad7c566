// `redirect: { scheme: https, port: 8443 }` redirects to the host and path that the client asked
// for, under another scheme and port. It redirects only when that host is a name of the site.
// Otherwise an attacker could send a client or a cache to us with the attacker's host in the
// request, and we would redirect to the attacker's host.
import { defineFilter, type Vocabulary } from "./define.ts";
import type { FilteredRequest, Verdict } from "./filter.ts";

const schema = ({ z, hostPattern }: Vocabulary) =>
  z
    .strictObject({
      scheme: z.enum(["https", "http"]).meta({ description: "the scheme to come back with" }),
      port: z.int().min(1).max(65_535).optional().meta({
        description:
          "the port that the redirect names; when absent none, which means the scheme's own",
      }),
      hosts: z.array(hostPattern).default([]).meta({
        description:
          "names that are redirected besides the site's, the routes' and those of the certificates in this file: `old.foobar.com`, `*.foobar.com`, or `*` for any; others get 421",
      }),
      status: z
        .literal([301, 302, 307, 308])
        .default(308)
        .meta({ description: "308 and 307 keep the method, 308 and 301 are remembered" }),
    })
    .optional()
    .meta({ description: "answer every request with a redirect; instead of `routes`" });

const DEFAULT_PORT = { http: 80, https: 443 } as const;

const NO_HOST: Verdict = {
  refuse: "bad-request",
  cause: "a redirect needs the host the client asked for",
};
const NOT_OURS: Verdict = {
  refuse: "unknown-host",
  cause: "its host is none of the site's names; if it should be, add it to redirect.hosts",
};

export const redirect = defineFilter({
  schema,
  open(written, { siteHosts }) {
    if (written === undefined) return undefined;
    const { scheme, port, hosts, status } = written;
    const knowsHost = siteHosts(hosts);
    const to = port ?? DEFAULT_PORT[scheme];
    const suffix = to === DEFAULT_PORT[scheme] ? "" : `:${to}`;
    return {
      name: "redirect",
      request({ hostName, target }: FilteredRequest): Verdict {
        if (hostName === "") return NO_HOST;
        if (!knowsHost(hostName)) return NOT_OURS;
        const path = target.startsWith("/") ? target : "/";
        const fields = { Location: `${scheme}://${hostName}${suffix}${path}` };
        return { answer: { status, fields } };
      },
    };
  },
});
