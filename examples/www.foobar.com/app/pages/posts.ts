// Posts as cards in a list, and links between the pages of a long list.
import type { Cursor, PostPage } from "../data/listing.ts";
import type { Post, PostImage } from "../data/posts.ts";
import { type Html, html } from "../html.ts";
import { count, excerpt, moment, opening } from "../text.ts";

const HUES = 6;

/** Returns a circle with the first letter of a name, in a colour that belongs to the name. */
export function avatar(name: string): Html {
  return html`<span class="avatar ${hue(name)}" aria-hidden="true">${name.slice(0, 1).toUpperCase()}</span>`;
}

/** Returns a class for a colour that is always the same for the same name. */
function hue(name: string): string {
  let sum = 0;
  for (const char of name.toLowerCase()) sum = (sum * 31 + char.charCodeAt(0)) % 9973;
  return `hue-${sum % HUES}`;
}

export function picture(image: PostImage, eager: boolean): Html {
  const { hash, width, height } = image;
  return html`<img src="/images/${hash}.webp" alt="" width="${width}" height="${height}" ${eager ? html`fetchpriority="high"` : html`loading="lazy"`}>`;
}

export function byline(author: string, posted: number, now: number): Html {
  return html`<a class="author" href="/people/${author}">${avatar(author)}<span>${author}</span></a><span class="dot" aria-hidden="true">·</span>${moment(posted, now)}`;
}

/** Returns a list of cards. When their number is odd, the first card is large, so that no row is left half empty. */
export function cards(posts: readonly Post[], now: number): Html {
  const odd = posts.length % 2 === 1;
  return html`<ol class="cards">
${posts.map((post, index) => card(post, now, odd && index === 0))}
</ol>`;
}

/**
 * Returns a card with the picture of a post above its title, or, without a picture, with the beginning of its text.
 */
function card(post: Post, now: number, lead: boolean): Html {
  const { id, title, body, image, author, posted, comments } = post;
  const [first, rest] = image === undefined ? opening(body) : ["", body];
  return html`<li class="card${lead && " lead"}">
<article>
${image === undefined ? html`<p class="opening ${hue(author)}"><span>${first}</span></p>` : html`<div class="thumb">${picture(image, lead)}</div>`}
<div class="text">
<h2><a class="cover" href="/posts/${id}">${title}</a></h2>
${rest !== "" && html`<p class="excerpt">${excerpt(rest, lead ? 420 : 170)}</p>`}
<p class="meta">${byline(author, posted, now)}${comments > 0 && html`<span class="comments">${count(comments, "comment")}</span>`}</p>
</div>
</article>
</li>`;
}

/** Returns links to the newer and the older page; undefined when there are no other pages. */
export function pager({ newer, older }: PostPage, path: string, query = ""): Html | undefined {
  if (newer === undefined && older === undefined) return undefined;
  const link = (at: Cursor) =>
    `${path}?${query}${at.newer ? "after" : "before"}=${at.posted}-${at.id}`;
  return html`<nav class="pager" aria-label="Pages">
${newer !== undefined && html`<a class="newer" href="${link(newer)}" rel="prev">← Newer</a>`}
${older !== undefined && html`<a class="older" href="${link(older)}" rel="next">Older →</a>`}
</nav>`;
}
