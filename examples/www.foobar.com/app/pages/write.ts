// The forms with which a visitor writes, changes and deletes posts.
import type { Post } from "../data/posts.ts";
import type { Filled } from "../forms.ts";
import { type Html, html } from "../html.ts";
import { count } from "../text.ts";
import { field, nonceField, problems, tokenField } from "./fields.ts";
import type { View } from "./view.ts";

export function writePage(view: View, filled: Filled): Html {
  return html`<div class="narrow">
<h1>Write a post</h1>
<form class="sheet" method="post" action="/write" enctype="multipart/form-data">
${problems(filled)}
${tokenField(view)}
${nonceField(filled)}
${words(filled)}
${field({ name: "image", label: "Picture", type: "file", required: false, hint: "JPEG, PNG, WebP, GIF or AVIF, up to 8 MB. Where and when it was taken is removed." }, filled)}
<p class="actions"><button class="button large" type="submit">Publish</button> <a class="quiet" href="/">Cancel</a></p>
</form>
</div>`;
}

export function editPage(view: View, { id, image }: Post, filled: Filled): Html {
  return html`<div class="narrow">
<h1>Edit your post</h1>
<form class="sheet" method="post" action="/posts/${id}/edit">
${problems(filled)}
${tokenField(view)}
${words(filled)}
${image !== undefined && html`<p class="hint">The picture stays as it is.</p>`}
<p class="actions"><button class="button large" type="submit">Save</button> <a class="quiet" href="/posts/${id}">Cancel</a></p>
</form>
</div>`;
}

function words(filled: Filled): Html {
  return html`${field({ name: "title", label: "Title", maxLength: 120, autocomplete: "off" }, filled)}
${field({ name: "body", label: "Text", rows: 12, maxLength: 20_000, hint: "A blank line starts a new paragraph. Web addresses become links." }, filled)}`;
}

export function deletePage(view: View, { id, title, comments, image }: Post): Html {
  return html`<div class="narrow">
<h1>Delete this post?</h1>
<form class="sheet" method="post" action="/posts/${id}/delete">
${tokenField(view)}
<p><strong>${title}</strong></p>
<p>The post${image !== undefined && ", its picture"}${comments > 0 && ` and ${count(comments, "comment")}`} will be gone for good.</p>
<p class="actions"><button class="button large" type="submit">Delete</button> <a class="quiet" href="/posts/${id}">Keep it</a></p>
</form>
</div>`;
}
