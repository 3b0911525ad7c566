// The page of one post with its comments.
import { type Comment, MOST_COMMENTS } from "../data/comments.ts";
import type { Post } from "../data/posts.ts";
import type { Filled } from "../forms.ts";
import { type Html, html } from "../html.ts";
import { count, moment, paragraphs } from "../text.ts";
import { field, nonceField, tokenField } from "./fields.ts";
import { avatar, byline, picture } from "./posts.ts";
import type { View } from "./view.ts";

export function postPage(
  view: View,
  post: Post,
  comments: readonly Comment[],
  filled: Filled,
): Html {
  const { id, title, body, image, author, posted, edited } = post;
  const own = view.person?.id === post.authorId;
  return html`<article class="post">
<header>
<h1>${title}</h1>
<p class="meta">${byline(author, posted, view.now)}${edited !== null && html`<span class="dot" aria-hidden="true">·</span><span>edited ${moment(edited, view.now)}</span>`}${own && html`<span class="own"><a href="/posts/${id}/edit">Edit</a> <a href="/posts/${id}/delete">Delete</a></span>`}</p>
</header>
${image !== undefined && html`<figure>${picture(image, true)}</figure>`}
<div class="prose">${paragraphs(body)}</div>
</article>
<section class="talk" aria-labelledby="comments">
<h2 id="comments">${post.comments === 0 ? "No comments yet" : count(post.comments, "comment")}</h2>
${post.comments > MOST_COMMENTS && html`<p class="hint">The first ${MOST_COMMENTS} are shown.</p>`}
${comments.length > 0 && html`<ol class="thread">${comments.map((comment) => said(comment, view.now))}</ol>`}
${commentForm(view, post, filled)}
</section>`;
}

function said({ id, author, body, posted }: Comment, now: number): Html {
  return html`<li id="comment-${id}">
${avatar(author)}
<div>
<p class="meta"><a class="author" href="/people/${author}">${author}</a><span class="dot" aria-hidden="true">·</span>${moment(posted, now)}</p>
<div class="prose small">${paragraphs(body)}</div>
</div>
</li>`;
}

function commentForm(view: View, post: Post, filled: Filled): Html {
  if (view.unknown) return html`<p class="join">Comments can be written again shortly.</p>`;
  if (view.person === undefined) {
    const next = `?next=${encodeURIComponent(`/posts/${post.id}`)}`;
    return html`<p class="join"><a href="/log-in${next}">Log in</a> or <a href="/sign-up${next}">sign up</a> to comment.</p>`;
  }
  return html`<form class="sheet" method="post" action="/posts/${post.id}/comments#comments">
${tokenField(view)}
${nonceField(filled)}
${field({ name: "body", label: "Your comment", rows: 4, maxLength: 4000 }, filled)}
<p class="actions"><button class="button" type="submit">Comment</button></p>
</form>`;
}
