// Gives an application the copy of this package that hosts it.
import { registerHooks } from "node:module";

const NAME = "@tandem/appserver";
const HOST = new URL("./index.ts", import.meta.url);

/**
 * From now on, `import "@tandem/appserver"` leads to the running host, wherever the importing module lies. An installed
 * host is not in the application's node_modules. Without this, the application would find no such package, or load a
 * second copy with all its libraries, which takes 25 MB and may be of another version.
 */
export function offerHostModule(): void {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === NAME
        ? { url: HOST.href, format: "module", shortCircuit: true }
        : next(specifier, context),
  });
}
