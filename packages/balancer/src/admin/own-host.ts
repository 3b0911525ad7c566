// Whether a request is meant for the admin server. A web page can let a name of its own lead to a loopback address (DNS
// rebinding), and then read what that address answers, as far as the browser knows from the page's own server.
import { isIP } from "node:net";

/**
 * Whether the value of `Host` is an address, `localhost`, or one of `names`. A foreign page cannot have those. A request
 * without `Host` is no browser's.
 */
export function isOwnHost(host: string | undefined, names: readonly string[]): boolean {
  if (host === undefined) return true;
  const name = host.replace(/:\d*$/, "").toLowerCase();
  const isAddress = isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0;
  return isAddress || name === "localhost" || names.some((one) => one.toLowerCase() === name);
}
