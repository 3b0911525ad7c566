// Checks an answer that a filter gave, before any byte of it is sent.
import type { Answer } from "@tandem/filters";
import { Fields, HeaderFields, httpDate } from "@tandem/http";
import type { Clock } from "@tandem/transport";

export interface OwnAnswer {
  readonly status: number;
  readonly fields: Fields;
  readonly body: Buffer;
}

/** Returns the answer in the form in which it is sent. Throws a TypeError when the answer cannot be sent. */
export function ownAnswer(answer: Answer, clock: Clock): OwnAnswer {
  checkStatus(answer);
  return { status: answer.status, fields: fieldsOf(answer, clock), body: bodyOf(answer) };
}

function checkStatus({ status }: Answer): void {
  if (Number.isInteger(status) && status >= 200 && status <= 599) return;
  throw new TypeError(`An answer's status is from 200 to 599, found ${JSON.stringify(status)}`);
}

function fieldsOf({ fields: given = {}, body }: Answer, clock: Clock): Fields {
  const fields = new Fields();
  const checked = new HeaderFields(fields);
  for (const [name, value] of Object.entries(given)) {
    for (const one of typeof value === "string" ? [value] : value) checked.add(name, one);
  }
  if (!fields.has("date")) fields.add("Date", httpDate(clock.wall()));
  if (typeof body === "string" && !fields.has("content-type")) {
    fields.add("Content-Type", "text/plain; charset=utf-8");
  }
  return fields;
}

function bodyOf({ status, body = "" }: Answer): Buffer {
  if (status === 205) return Buffer.alloc(0); // a 205 has no body (RFC 9110 §15.3.6)
  if (typeof body === "string") return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body);
  throw new TypeError("An answer's body is text or bytes");
}
