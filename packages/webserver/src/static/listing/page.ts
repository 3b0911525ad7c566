// Makes the answer that lists a folder: a page that works without scripts and loads nothing, or JSON.
import { createHash } from "node:crypto";
import type { Entry, Listing } from "./read-folder.ts";
import { STYLE } from "./style.ts";
import { counted, linkTo, shownName, shownSize, shownTime } from "./words.ts";

/** A folder to show, and where it is. */
export interface Place {
  /** The prefix of the location, such as `/files/`. No link leads above it. */
  readonly prefix: string;
  /** The folder's name below the prefix: "", or such as `photos/2026/`. */
  readonly name: string;
}

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

/**
 * The Content-Security-Policy of the page. The page escapes every name; if it forgot one, the browser would still run
 * no script.
 */
export const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'`;

/** Returns the page. */
export function listingPage({ prefix, name }: Place, { entries, ...rest }: Listing): Buffer {
  const rows = entries.map(row);
  if (name !== "")
    rows.unshift('<tr><td class="name" colspan="3"><a class="up" href="../">Parent folder</a>\n');
  return Buffer.from(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${shownName(prefix + name)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
<main>
<h1>${trail(prefix, name)}</h1>
<table>
<thead><tr><th>Name<th class="size">Size<th>Changed (UTC)</thead>
<tbody>
${rows.join("")}</tbody>
</table>
<p>${summary(entries)}${remainder(rest)}</p>
</main>
</html>
`);
}

/** Returns the listing as JSON. `more` is how many entries were left out, at least that many when `unread` is true. */
export function listingJson({ prefix, name }: Place, { entries, more, unread }: Listing): Buffer {
  const told = entries.map(({ name, folder, size, modifiedAt }) => ({
    name,
    type: folder ? "folder" : "file",
    ...(folder ? {} : { size }),
    modified: new Date(modifiedAt).toISOString(),
  }));
  return Buffer.from(`${JSON.stringify({ path: prefix + name, entries: told, more, unread })}\n`);
}

function row({ name, folder, size, modifiedAt }: Entry): string {
  const kind = folder ? "folder" : "file";
  const shown = `${shownName(name)}${folder ? "/" : ""}`;
  const time = new Date(modifiedAt).toISOString();
  return (
    `<tr><td class="name"><a class="${kind}" href="${linkTo(name, folder)}"><bdi>${shown}</bdi></a>` +
    `<td class="size">${folder ? "" : `<span title="${counted(size, "byte")}">${shownSize(size)}</span>`}` +
    `<td><time datetime="${time}">${shownTime(modifiedAt)}</time>\n`
  );
}

/** Returns the path of the folder, with a link to each folder above it. */
function trail(prefix: string, name: string): string {
  const folders = name.split("/").slice(0, -1);
  const links = [prefix, ...folders].map((step, at) => {
    const up = folders.length - at;
    const shown = `<bdi>${shownName(step)}</bdi>`;
    return up === 0 ? shown : `<a href="${"../".repeat(up)}">${shown}</a>`;
  });
  const [location, ...below] = links;
  return `${location}${below.join("<i>/</i>")}`;
}

function summary(entries: readonly Entry[]): string {
  const folders = entries.filter(({ folder }) => folder).length;
  const files = entries.length - folders;
  const parts = [
    ...(folders === 0 ? [] : [counted(folders, "folder")]),
    ...(files === 0 ? [] : [counted(files, "file")]),
  ];
  return parts.length === 0 ? "This folder is empty." : parts.join(", ");
}

function remainder({ more, unread }: Pick<Listing, "more" | "unread">): string {
  if (more === 0 && !unread) return "";
  const least = unread ? "at least " : "";
  return `, and ${least}${counted(more, "more entry that is", "more entries that are")} not shown`;
}
