// Form fields: a label, perhaps a hint, and an error that screen readers connect with the field.
import { type Filled, newNonce } from "../forms.ts";
import { type Html, html } from "../html.ts";
import type { View } from "./view.ts";

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly type?: "text" | "password" | "file";
  /** How many lines a text area has; left out for a field of one line. */
  readonly rows?: number;
  readonly maxLength?: number;
  readonly autocomplete?: string;
  readonly required?: boolean;
}

export function tokenField(view: View): Html {
  return html`<input type="hidden" name="_csrf" value="${view.token()}">`;
}

/** Returns the hidden field with the form's nonce. A form that is shown again keeps its nonce. */
export function nonceField({ values, errors }: Filled): Html {
  const kept = errors.nonce === undefined ? values.nonce : undefined;
  return html`<input type="hidden" name="nonce" value="${kept ?? newNonce()}">`;
}

export function field(spec: Field, { values, errors }: Filled): Html {
  const { name, label, hint } = spec;
  const error = errors[name];
  const described = [hint !== undefined && `${name}-hint`, error !== undefined && `${name}-error`];
  const ids = described.filter((id) => id !== false).join(" ");
  const attributes = html`id="${name}" name="${name}"${spec.required !== false && html` required`}${
    spec.maxLength !== undefined && html` maxlength="${spec.maxLength}"`
  }${spec.autocomplete !== undefined && html` autocomplete="${spec.autocomplete}"`}${
    error !== undefined && html` aria-invalid="true"`
  }${ids !== "" && html` aria-describedby="${ids}"`}`;
  return html`<div class="field">
<label for="${name}">${label}${spec.required === false && html` <span class="optional">optional</span>`}</label>
${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}
${control(spec, attributes, values[name] ?? "")}
${error !== undefined && html`<p class="error" id="${name}-error">${error}</p>`}
</div>`;
}

function control({ type = "text", rows }: Field, attributes: Html, value: string): Html {
  if (rows !== undefined) {
    // HTML ignores a line break directly after <textarea>. The template below has such a line
    // break, so that a line break at the start of the text is kept.
    return html`<textarea ${attributes} rows="${rows}">
${value}</textarea>`;
  }
  if (type === "file") {
    return html`<input ${attributes} type="file" accept="image/jpeg,image/png,image/webp,image/gif,image/avif">`;
  }
  return html`<input ${attributes} type="${type}"${type === "text" && html` value="${value}"`}>`;
}

/** Returns a summary for the top of a form with errors, so that the visitor sees why nothing was stored. */
export function problems({ errors }: Filled): Html | undefined {
  const entries = Object.entries(errors);
  if (entries.length === 0) return undefined;
  return html`<div class="problems" role="alert">
<p>${entries.length === 1 ? "One thing needs another look:" : "A few things need another look:"}</p>
<ul>${entries.map(([name, message]) => html`<li>${name === "form" ? message : html`<a href="#${name}">${message}</a>`}</li>`)}</ul>
</div>`;
}
