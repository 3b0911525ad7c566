// Evaluates the preconditions of a request, in the order of RFC 9110 §13.2.2.
import { type Fields, parseHttpDate } from "@tandem/http";
import { namesStrongly, namesWeakly } from "./etag.ts";

/**
 * The validators of a file. They are compared with the validators in the conditions of a request.
 */
export interface Validators {
  /** A strong entity tag, quotes included; undefined = no tag is known. */
  readonly etag: string | undefined;
  /**
   * When the file was last changed, in milliseconds since 1970, rounded down to a whole second;
   * undefined = no date is certain.
   */
  readonly modifiedAt: number | undefined;
}

export type Verdict = "proceed" | "not-modified" | "precondition-failed";

/** Whether a request has a condition that needs the entity tag. */
export function asksForTag(request: Fields): boolean {
  return request.has("if-none-match") || request.has("if-match") || request.has("if-range");
}

/**
 * Decides how a GET or HEAD with conditions is answered. A condition whose date is not an HTTP-date
 * is ignored. When the file has no date, all conditions with a date are ignored.
 */
export function judge(request: Fields, current: Validators): Verdict {
  const { modifiedAt } = current;
  const match = list(request, "if-match");
  if (match !== undefined) {
    if (!namesStrongly(match, current.etag)) return "precondition-failed";
  } else {
    const since = date(request, "if-unmodified-since");
    if (since !== undefined && modifiedAt !== undefined && modifiedAt > since)
      return "precondition-failed";
  }
  const noneMatch = list(request, "if-none-match");
  if (noneMatch !== undefined) {
    return namesWeakly(noneMatch, current.etag) ? "not-modified" : "proceed";
  }
  const since = date(request, "if-modified-since");
  const known = since !== undefined && modifiedAt !== undefined;
  return known && modifiedAt <= since ? "not-modified" : "proceed";
}

/**
 * Whether a range may be sent (If-Range, RFC 9110 §13.1.5). It may be sent only if the part that the client already
 * has is of the same version of the file.
 */
export function rangeApplies(request: Fields, current: Validators): boolean {
  const condition = request.get("if-range");
  if (condition === undefined) return true;
  if (request.count("if-range") > 1) return false;
  if (condition.startsWith('"')) return condition === current.etag;
  return current.modifiedAt !== undefined && parseHttpDate(condition) === current.modifiedAt;
}

function list(request: Fields, key: string): string | undefined {
  if (!request.has(key)) return undefined;
  return request.count(key) > 1 ? request.all(key).join(",") : request.get(key);
}

function date(request: Fields, key: string): number | undefined {
  const text = request.get(key);
  return text === undefined || request.count(key) > 1 ? undefined : parseHttpDate(text);
}
