// The web tier: serves static files, and forwards all other requests to the application tier.
export { checkWebserver } from "./check.ts";
export { Webserver, type WebserverOptions } from "./webserver.ts";
