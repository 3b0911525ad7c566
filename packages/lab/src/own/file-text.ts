// How an algorithm of the user's own is told from the name of a built-in one, for the command and for the page's links.

/** The file, and behind a colon its parameters. */
export const FILE = /^(.+?\.[cm]?[jt]s)(?::(.*))?$/s;

/** Whether a typed algorithm is a file, and not a name: it ends in .ts or .js, or begins like a path. */
export function isFile(text: string): boolean {
  return FILE.test(text) || /^\.{0,2}\//.test(text);
}
