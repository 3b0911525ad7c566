// The pages for signing up, logging in, a person's profile and the visitor's own account.

import type { PostPage } from "../data/listing.ts";
import type { Person } from "../data/people.ts";
import type { Filled } from "../forms.ts";
import { type Html, html } from "../html.ts";
import { count, moment, paragraphs } from "../text.ts";
import { field, problems, tokenField } from "./fields.ts";
import { avatar, cards, pager } from "./posts.ts";
import type { View } from "./view.ts";

export function signUpPage(view: View, filled: Filled, next: string): Html {
  return html`<div class="narrow slim">
<h1>Join Foobar</h1>
<p class="lede">A name and a password are all it takes.</p>
<form class="sheet" method="post" action="/sign-up">
${problems(filled)}
${tokenField(view)}
<input type="hidden" name="next" value="${next}">
${field({ name: "name", label: "Name", autocomplete: "username", maxLength: 24, hint: "3 to 24 letters, digits, hyphens or underscores. Everybody sees it." }, filled)}
${field({ name: "password", label: "Password", type: "password", autocomplete: "new-password", maxLength: 200, hint: "At least 10 characters. A short sentence is fine." }, filled)}
<p class="actions"><button class="button large" type="submit">Sign up</button></p>
</form>
<p class="other">Here before? <a href="/log-in${onward(next)}">Log in</a></p>
</div>`;
}

export function logInPage(view: View, filled: Filled, next: string): Html {
  return html`<div class="narrow slim">
<h1>Log in</h1>
${why(next)}
<form class="sheet" method="post" action="/log-in">
${problems(filled)}
${tokenField(view)}
<input type="hidden" name="next" value="${next}">
${field({ name: "name", label: "Name", autocomplete: "username", maxLength: 100 }, filled)}
${field({ name: "password", label: "Password", type: "password", autocomplete: "current-password", maxLength: 200 }, filled)}
<p class="actions"><button class="button large" type="submit">Log in</button></p>
</form>
<p class="other">New here? <a href="/sign-up${onward(next)}">Sign up</a></p>
</div>`;
}

const REASONS: readonly (readonly [path: RegExp, reason: string])[] = [
  [/^\/write$/, "To write a post, please log in first. You will be back here right after."],
  [/^\/posts\/\d+$/, "To join the conversation, please log in first."],
  [/^\/posts\/\d+\/(edit|delete)$/, "Only its author can change a post. Please log in first."],
  [/^\/settings$/, "To change your profile, please log in first."],
];

/**
 * Returns a sentence for the log-in page that says what the visitor wanted to do. `next` is the path that the visitor
 * asked for. Returns undefined when the path does not tell.
 */
function why(next: string): Html | undefined {
  const reason = REASONS.find(([path]) => path.test(next))?.[1];
  return reason === undefined ? undefined : html`<p class="lede">${reason}</p>`;
}

function onward(next: string): string {
  return next === "/" ? "" : `?next=${encodeURIComponent(next)}`;
}

export function profilePage(view: View, person: Person, posts: number, list: PostPage): Html {
  const { name, about, joined } = person;
  const own = view.person?.id === person.id;
  return html`<section class="profile">
${avatar(name)}
<div>
<h1>${name}</h1>
<p class="meta">Joined ${moment(joined, view.now)}<span class="dot" aria-hidden="true">·</span>${count(posts, "post")}</p>
${about !== "" && html`<div class="prose small">${paragraphs(about)}</div>`}
${own && html`<p class="actions"><a class="button plain" href="/settings">${about === "" ? "Introduce yourself" : "Edit profile"}</a></p>`}
</div>
</section>
${list.posts.length === 0 ? html`<div class="empty"><p>${own ? "You have" : `${name} has`} not written anything yet.</p></div>` : cards(list.posts, view.now)}
${pager(list, `/people/${name}`)}`;
}

export function settingsPage(view: View, filled: Filled): Html {
  return html`<div class="narrow slim">
<h1>Your profile</h1>
<form class="sheet" method="post" action="/settings">
${problems(filled)}
${tokenField(view)}
${field({ name: "about", label: "About you", rows: 5, maxLength: 500, required: false, hint: "What you make, mend or grow. Up to 500 characters." }, filled)}
<p class="actions"><button class="button large" type="submit">Save</button> <a class="quiet" href="/people/${view.person?.name}">Cancel</a></p>
</form>
</div>`;
}
