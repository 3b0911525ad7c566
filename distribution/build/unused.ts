// A plugin for the bundler: leaves out modules of libraries that are required and never used.
import type { Plugin } from "rolldown";

/** prom-client's client for a push gateway, which loads Node's HTTP clients and zlib: 1 MB in each process. */
const UNUSED = /\/prom-client\/lib\/pushgateway\.js$/;

export function unused(): Plugin {
  return {
    name: "unused",
    load: {
      filter: { id: UNUSED },
      handler: () => ({ code: "module.exports = undefined;", moduleType: "js" }),
    },
  };
}
