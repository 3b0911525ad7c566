// A plugin for the bundler: puts the finished parts of the laboratory's page in place of the code that builds them. So
// an installed laboratory needs neither esbuild nor the sources of the page.
import { bundlePage } from "@tandem/lab/page-bundle";
import type { Plugin } from "rolldown";

/** The path of the module that the parts of the page are put in place of. */
export const LAB_PAGE = /\/lab\/src\/cli\/page-bundle\.ts$/;

export function labPage(): Plugin {
  return {
    name: "lab-page",
    load: {
      filter: { id: LAB_PAGE },
      async handler() {
        const parts = JSON.stringify(await bundlePage());
        return { code: `export const bundlePage = async () => (${parts});`, moduleType: "js" };
      },
    },
  };
}
