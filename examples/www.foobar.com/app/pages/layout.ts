// The frame of every page: head, header with search and account, notice, footer.
import { type Html, html } from "../html.ts";
import { tokenField } from "./fields.ts";
import { avatar } from "./posts.ts";
import type { View } from "./view.ts";

export function layout(view: View, title: string, main: Html): Html {
  const { assets, notice } = view;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Foobar</title>
<meta name="description" content="Foobar is a small community of people who make, mend and grow things.">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="${assets("site.css")}">
<link rel="icon" type="image/svg+xml" href="${assets("favicon.svg")}">
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
${header(view)}
${notice !== undefined && html`<div class="notice" role="status"><p>${notice}</p></div>`}
<main id="main" tabindex="-1">
${main}
</main>
${footer(view)}
</body>
</html>
`;
}

function header(view: View): Html {
  return html`<header class="top">
<div class="bar">
<a class="brand" href="/" aria-label="Foobar, home"><img src="${view.assets("logo.svg")}" alt="" width="34" height="34"><span>Foobar</span></a>
${!view.path.startsWith("/search") && find()}
<nav class="account" aria-label="Account">
${account(view)}
</nav>
</div>
</header>`;
}

function find(): Html {
  return html`<form class="find" role="search" action="/search" method="get">
<label class="hidden" for="q">Search posts</label>
<input id="q" name="q" type="search" placeholder="Search posts" maxlength="100" autocomplete="off" enterkeyhint="search">
</form>`;
}

function account(view: View): Html {
  const { person, unknown } = view;
  if (unknown) return html`<span class="resting">Logging in works again shortly</span>`;
  if (person === undefined) {
    return html`<a class="quiet" href="/log-in">Log in</a><a class="button" href="/sign-up">Sign up</a>`;
  }
  return html`<a class="button" href="/write">Write</a>
<a class="quiet self" href="/people/${person.name}">${avatar(person.name)}<span class="name">${person.name}</span></a>
<form method="post" action="/log-out">${tokenField(view)}<button class="link" type="submit">Log out</button></form>`;
}

function footer({ servedBy }: View): Html {
  return html`<footer class="bottom">
<div>
<p><strong>Foobar</strong> is the example site of Tandem, a web stack for two servers.</p>
${servedBy !== undefined && html`<p class="served">This page was made by <code>${servedBy}</code></p>`}
</div>
</footer>`;
}
