// Gives an application the copy of this package that hosts it.
import { registerHooks } from "node:module";
import * as host from "./index.ts";

const NAME = "@tandem/appserver";
const KEY = Symbol.for(NAME);

/**
 * From now on, `import "@tandem/appserver"` leads to the running host, wherever the importing module lies. An installed
 * host is not in the application's node_modules. Without this, the application would find no such package, or load a
 * second copy with all its libraries, which takes 20 MB and may be of another version.
 */
export function offerHostModule(): void {
  // The module is a text that hands on what is already loaded: the modules of the single executable have no files.
  Object.defineProperty(globalThis, KEY, { value: host });
  const names = Object.keys(host).join(", ");
  const text = `export const { ${names} } = globalThis[Symbol.for("${NAME}")];`;
  const url = `data:text/javascript,${encodeURIComponent(text)}`;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === NAME ? { url, format: "module", shortCircuit: true } : next(specifier, context),
  });
}
