// What docs/lab/advise.md shows: its commands, and the answer to the first of them.
import { fileURLToPath } from "node:url";

export const PAGE: string = fileURLToPath(
  new URL("../../../../docs/lab/advise.md", import.meta.url),
);

/** Returns the words after `tandem lab` in the shell blocks of a page. Blocks without a language are not for running. */
export function shownCommands(page: string): readonly (readonly string[])[] {
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = ""]) => block);
  return blocks
    .flatMap((block) => block.trimEnd().split("\n"))
    .map((line) =>
      [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? ""),
    )
    .map(([, , ...words]) => words);
}

/** Returns the block after the first shell block. */
export const shownAnswer = (page: string): string =>
  /^```sh\n[^`]*```\n\n```\n(.*?)^```/ms.exec(page)?.[1] ?? "";
