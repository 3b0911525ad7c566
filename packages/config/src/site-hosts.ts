// Adds the site's host to the hosts that each redirect allows. The key `site` stands at the top of the file, but a
// frontend is given only its own section of the file. So the host is copied into that section.
import type { Config } from "./schema/config.ts";

/** Returns the configuration with the site's host among the hosts that each redirect allows. */
export function withSiteHosts(config: Config): Config {
  const { site, balancer } = config;
  if (balancer === undefined) return config;
  const frontends = Object.entries(balancer.frontends).map(([name, frontend]) => {
    const { redirect } = frontend;
    if (redirect === undefined) return [name, frontend] as const;
    const hosts = [site, ...redirect.hosts];
    return [name, { ...frontend, redirect: { ...redirect, hosts } }] as const;
  });
  return { ...config, balancer: { ...balancer, frontends: Object.fromEntries(frontends) } };
}
