// Pages for errors. They say what happened, and what the visitor can do.
import { type Html, html } from "../html.ts";
import { type Kept, keptForm } from "./kept.ts";

interface Trouble {
  readonly title: string;
  readonly text: string;
}

const TROUBLES: Readonly<Record<number, Trouble>> = {
  400: {
    title: "That did not make sense",
    text: "Your browser sent something this site does not understand.",
  },
  401: {
    title: "You are not logged in",
    text: "Your log-in has ended meanwhile. Log in in another tab, come back to this one and send what you wrote.",
  },
  403: {
    title: "This form is too old",
    text: "It was opened before you logged in or out, or a long time ago. Open it anew and send it from there. Nothing was changed.",
  },
  404: {
    title: "There is nothing here",
    text: "The page may have moved, or the address has a typo.",
  },
  413: {
    title: "That is too much at once",
    text: "A picture may have up to 8 MB. Go back, your text is still there, and choose a smaller one.",
  },
  415: {
    title: "That did not make sense",
    text: "This form was sent in a way the site does not understand.",
  },
  422: { title: "That did not work", text: "Something in what you sent does not fit." },
  429: {
    title: "A little slower, please",
    text: "There were many attempts from your address. Wait a minute and try again.",
  },
  500: {
    title: "Something broke here",
    text: "It is our fault, and it has been written down. Please try again in a moment.",
  },
  503: {
    title: "Back in a moment",
    text: "A part of the site is being looked after. Please try again shortly.",
  },
};

/**
 * The kind of page for a change that was sent to the database and whose answer was lost. The visitor may send the form
 * again, because a form with the same nonce is stored only once.
 */
export const OUTCOME_UNKNOWN = "unknown outcome";

const UNKNOWN: Trouble = {
  title: "We cannot tell whether that worked",
  text: "It may have been saved or not. You may send the same form again: what was saved is not saved twice.",
};

const FALLBACK: Trouble = { title: "That did not work", text: "Please go back and try again." };

/** A status, or the name of an error that has a page of its own in place of the page for its status. */
export type TroubleKind = number | typeof OUTCOME_UNKNOWN;

function trouble(kind: TroubleKind): Trouble {
  return kind === OUTCOME_UNKNOWN ? UNKNOWN : (TROUBLES[kind] ?? FALLBACK);
}

export function troubleTitle(kind: TroubleKind): string {
  return trouble(kind).title;
}

/** Returns the page for an error. `saved` is the form that the visitor sent and that was not stored. */
export function troublePage(kind: TroubleKind, requestId: string, saved?: Kept): Html {
  const { title, text } = trouble(kind);
  const status = kind === OUTCOME_UNKNOWN ? 503 : kind;
  return html`<section class="trouble">
<p class="code" aria-hidden="true">${status}</p>
<h1>${title}</h1>
<p>${text}</p>
${status === 401 && html`<p class="actions"><a class="button" href="/log-in" target="_blank">Log in</a></p>`}
${saved === undefined && html`<p class="actions"><a class="button" href="/">To the front page</a></p>`}
${status >= 500 && html`<p class="hint">If you tell us about it, mention <code>${requestId}</code>.</p>`}
</section>
${saved !== undefined && keptForm(saved)}`;
}
