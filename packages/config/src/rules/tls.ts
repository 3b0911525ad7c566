// Rules about TLS with browsers: its settings must not contradict each other.
import type { Path } from "../document.ts";
import type { Finding } from "../explain.ts";
import type { EdgeTls } from "../schema/tls.ts";
import type { Facts } from "./facts.ts";

/** Refuses a cipher or version that the policy or the minimum version does not allow. */
export function* tlsSettingsAgree(facts: Facts): Iterable<Finding> {
  for (const { path, tls } of edges(facts)) {
    const { policy, minVersion, ciphers = [] } = tls;
    if (policy === "modern" && minVersion === "TLSv1.2")
      yield {
        path: [...path, "minVersion"],
        side: "value",
        message:
          "found 'TLSv1.2', which the policy 'modern' refuses; expected 'TLSv1.3', or 'policy: intermediate'",
      };
    if (policy !== "modern" && minVersion !== "TLSv1.3") continue;
    for (const [index, cipher] of ciphers.entries()) {
      if (cipher.startsWith("TLS_")) continue;
      const why = policy === "modern" ? "'policy: modern'" : "'minVersion: TLSv1.3'";
      yield {
        path: [...path, "ciphers", index],
        side: "value",
        message: `found '${cipher}', a cipher of TLS 1.2, which ${why} refuses; expected one of TLS 1.3, such as TLS_AES_128_GCM_SHA256`,
      };
    }
  }
}

/** Returns the TLS settings of every listener for browsers. */
function* edges({ config }: Facts): Iterable<{ readonly path: Path; readonly tls: EdgeTls }> {
  for (const [name, { tls }] of Object.entries(config.balancer?.frontends ?? {}))
    if (tls !== undefined) yield { path: ["balancer", "frontends", name, "tls"], tls };
  const own = config.webserver?.edgeTls;
  if (own !== undefined) yield { path: ["webserver", "edgeTls"], tls: own };
}
