// A plugin for the bundler: puts the texts of the guides in place of the code that reads them. So an installed `tandem
// help` needs no clone.
import { guideFiles } from "@tandem/cluster/guide-files";
import type { Plugin } from "rolldown";

const READER = /\/cluster\/src\/help\/guide-files\.ts$/;

export function guides(): Plugin {
  return {
    name: "guides",
    load: {
      filter: { id: READER },
      async handler() {
        const files = JSON.stringify(await guideFiles());
        return { code: `export const guideFiles = async () => (${files});`, moduleType: "js" };
      },
    },
  };
}
