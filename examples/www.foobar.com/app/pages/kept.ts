// Shows a visitor's text again when it could not be stored, so that the visitor can send the text again or at least
// copy it.
import { type Filled, shownAgain } from "../forms.ts";
import { type Html, html } from "../html.ts";
import { field } from "./fields.ts";

/** A form that was sent but not stored. */
export interface Kept {
  /** The address to which the form is sent. */
  readonly action: string;
  readonly values: Readonly<Record<string, string>>;
  /**
   * Whether a picture was chosen; undefined when the form has no field for a picture. Only a person can choose a
   * file, so the page cannot fill this field in again.
   */
  readonly picture: "chosen" | "none" | undefined;
  /** Whether sending the same form again can succeed. */
  readonly again: boolean;
}

const FIELDS = [
  { name: "title", label: "Title", maxLength: 120 },
  { name: "body", label: "Text", rows: 10, maxLength: 20_000 },
  { name: "about", label: "About you", rows: 5, maxLength: 500 },
] as const;

/** Returns the parts of a request's body that are worth keeping; undefined when the visitor typed nothing. */
export function kept(
  action: string,
  body: unknown,
  { picture, again }: Pick<Kept, "picture" | "again">,
): Kept | undefined {
  const values = shownAgain(body);
  const typed = FIELDS.some(({ name }) => (values[name] ?? "").trim() !== "");
  return typed ? { action, values, picture, again } : undefined;
}

export function keptForm({ action, values, picture, again }: Kept): Html {
  const filled: Filled = { values, errors: {} };
  const texts = FIELDS.filter(({ name }) => values[name] !== undefined);
  const hidden = ["_csrf", "nonce"].filter((name) => values[name] !== undefined);
  const type = picture !== undefined && html` enctype="multipart/form-data"`;
  return html`<section class="narrow kept" aria-labelledby="kept">
<h2 id="kept">What you wrote</h2>
<form class="sheet" method="post" action="${action}"${type}>
${hidden.map((name) => html`<input type="hidden" name="${name}" value="${values[name]}">`)}
${texts.map((spec) => field(spec, filled))}
${picture !== undefined && again && field({ name: "image", label: "Picture", type: "file", required: false, ...(picture === "chosen" ? { hint: "Please choose the picture again." } : {}) }, filled)}
${again ? html`<p class="actions"><button class="button large" type="submit">Send it again</button></p>` : html`<p class="hint">Copy it before you leave this page.</p>`}
</form>
</section>`;
}
