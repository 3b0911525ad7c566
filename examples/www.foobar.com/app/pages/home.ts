// The front page and the search results.
import type { PostPage } from "../data/listing.ts";
import { type Html, html } from "../html.ts";
import { count } from "../text.ts";
import { cards, pager } from "./posts.ts";
import type { View } from "./view.ts";

export function homePage(view: View, list: PostPage): Html {
  const first = list.newer === undefined;
  return html`${first && view.person === undefined ? hero() : html`<h1 class="feed">${first ? "Newest posts" : "Older posts"}</h1>`}
${list.posts.length === 0 ? empty() : cards(list.posts, view.now)}
${pager(list, "/")}`;
}

function hero(): Html {
  return html`<section class="hero">
<h1>Things made, mended and grown.</h1>
<p>Foobar is a small community. People write about what they are working on, show how it went, and help each other out.</p>
<p class="actions"><a class="button large" href="/sign-up">Join in</a></p>
</section>`;
}

function empty(): Html {
  return html`<div class="empty"><p>Nobody has written anything yet.</p><p><a class="button" href="/write">Write the first post</a></p></div>`;
}

export function searchPage(view: View, list: PostPage | undefined): Html {
  const { query } = view;
  return html`<h1 class="feed">${list === undefined ? "Search" : html`Posts about “${query}”`}</h1>
<form class="search-again" role="search" action="/search" method="get">
<label class="hidden" for="again">Words to look for</label>
<input id="again" name="q" type="search" value="${query}" maxlength="100" placeholder="Words in a title, a text or a name" autocomplete="off">
<button class="button" type="submit">Search</button>
</form>
${list !== undefined && results(view, list)}`;
}

function results(view: View, list: PostPage): Html {
  if (list.posts.length === 0) {
    return html`<div class="empty"><p>Nothing found. Fewer or shorter words find more.</p></div>`;
  }
  const whole = list.newer === undefined && list.older === undefined;
  return html`<p class="found">${whole ? `${count(list.posts.length, "post")} found` : "The newest first"}</p>
${cards(list.posts, view.now)}
${pager(list, "/search", `q=${encodeURIComponent(view.query)}&`)}`;
}
