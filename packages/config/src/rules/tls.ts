// Rules about TLS with browsers: its settings must not contradict each other.
import type { Finding } from "../explain.ts";
import type { Facts } from "./facts.ts";

/** Refuses a cipher or version that the policy or the minimum version does not allow. */
export function* tlsSettingsAgree(facts: Facts): Iterable<Finding> {
  for (const [name, { tls }] of Object.entries(facts.config.balancer?.frontends ?? {})) {
    if (tls === undefined) continue;
    const path = ["balancer", "frontends", name, "tls"];
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
