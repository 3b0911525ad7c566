// Posts as cards in a list, and the way through a list of many pages.
import type { Cursor, PostPage } from "../data/listing.ts";
import type { Post, PostImage } from "../data/posts.ts";
import { type Html, html } from "../html.ts";
import { count, excerpt, moment } from "../text.ts";

const HUES = 6;

/** A round initial in a colour that stays the same for the same name. */
export function avatar(name: string): Html {
  let sum = 0;
  for (const char of name.toLowerCase()) sum = (sum * 31 + char.charCodeAt(0)) % 9973;
  return html`<span class="avatar hue-${sum % HUES}" aria-hidden="true">${name.slice(0, 1).toUpperCase()}</span>`;
}

export function picture(image: PostImage, eager: boolean): Html {
  const { hash, width, height } = image;
  return html`<img src="/images/${hash}.webp" alt="" width="${width}" height="${height}" ${eager ? html`fetchpriority="high"` : html`loading="lazy"`}>`;
}

export function byline(author: string, posted: number, now: number): Html {
  return html`<a class="author" href="/people/${author}">${avatar(author)}<span>${author}</span></a><span class="dot" aria-hidden="true">·</span>${moment(posted, now)}`;
}

/** A list of cards; with `lead` the first is larger. */
export function cards(
  posts: readonly Post[],
  now: number,
  { lead = false }: { readonly lead?: boolean } = {},
): Html {
  return html`<ol class="cards">
${posts.map((post, index) => card(post, now, lead && index === 0))}
</ol>`;
}

function card(post: Post, now: number, lead: boolean): Html {
  const { id, title, body, image, author, posted, comments } = post;
  return html`<li class="card${lead && " lead"}${image !== undefined && " pictured"}">
<article>
${image !== undefined && html`<div class="thumb">${picture(image, lead)}</div>`}
<div class="text">
<h2><a class="cover" href="/posts/${id}">${title}</a></h2>
<p class="excerpt">${excerpt(body, lead || image === undefined ? 420 : 170)}</p>
<p class="meta">${byline(author, posted, now)}<span class="comments">${count(comments, "comment")}</span></p>
</div>
</article>
</li>`;
}

/** Links to the pages beside this one; nothing when there is none. */
export function pager({ newer, older }: PostPage, path: string, query = ""): Html | undefined {
  if (newer === undefined && older === undefined) return undefined;
  const link = (at: Cursor) =>
    `${path}?${query}${at.newer ? "after" : "before"}=${at.posted}-${at.id}`;
  return html`<nav class="pager" aria-label="Pages">
${newer !== undefined && html`<a class="newer" href="${link(newer)}" rel="prev">← Newer</a>`}
${older !== undefined && html`<a class="older" href="${link(older)}" rel="next">Older →</a>`}
</nav>`;
}
