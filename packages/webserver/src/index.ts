// The web tier: static files, and everything else forwarded to the application tier.
export { checkWebserver } from "./check.ts";
export { Webserver, type WebserverOptions } from "./webserver.ts";
