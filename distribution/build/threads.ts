// A plugin for the bundler: makes a file of its own of each module that is started as a thread. Such a module is
// written `new URL("./thread.ts", import.meta.url)` in the sources.
import { basename, dirname, resolve } from "node:path";
import type { Plugin } from "rolldown";

const ENTRY = /new URL\("(\.[^"]+\.ts)", import\.meta\.url\)/g;

export function threads(): Plugin {
  return {
    name: "threads",
    transform(code, id) {
      if (!id.endsWith(".ts") || !ENTRY.test(code)) return undefined;
      const changed = code.replaceAll(ENTRY, (_, path: string) => {
        const name = basename(path, ".ts");
        const chunk = this.emitFile({ type: "chunk", id: resolve(dirname(id), path), name });
        return `new URL(import.meta.ROLLUP_FILE_URL_${chunk})`;
      });
      // The replacement keeps every line where it was, so no source map is needed to find the line of an error.
      return { code: changed, map: null };
    },
  };
}
