// Finds out how long a body is (RFC 9112 6.3). Content-Length and Transfer-Encoding are read only here. Every form of
// these fields that two implementations could read differently is refused, by one rule for each form.
import type { Fields } from "../message/fields.ts";
import { CHUNKED, type HttpVersion } from "../message/head.ts";
import { malformed, ProtocolFailure, type Sender } from "../message/protocol-failure.ts";
import { isAll, TOKEN, trimBlanks } from "../text/chars.ts";
import { quote } from "../text/quote.ts";

/**
 * Returns the body length that Content-Length or Transfer-Encoding declares: a number of bytes, or CHUNKED. Returns
 * undefined when the message has neither field, and the refusal when the fields are not valid.
 */
export function declaredLength(
  fields: Fields,
  version: HttpVersion,
  sender: Sender,
): number | undefined | ProtocolFailure {
  const coding = fields.get("transfer-encoding");
  if (coding === undefined) {
    return fields.has("content-length") ? contentLength(fields, sender) : undefined;
  }
  if (fields.has("content-length")) {
    return refuse(
      "content-length-and-transfer-encoding",
      sender,
      "Both Content-Length and Transfer-Encoding are there",
    );
  }
  if (version === 10) {
    return refuse(
      "transfer-encoding-on-http-1.0",
      sender,
      "Transfer-Encoding on an HTTP/1.0 message",
    );
  }
  if (fields.count("transfer-encoding") > 1) {
    return refuse("bad-transfer-encoding", sender, "More than one Transfer-Encoding");
  }
  if (coding.toLowerCase() !== "chunked") return refuseCoding(coding, sender);
  // Tabs, runs of spaces and trailing blanks around the value are legal. But in practice only attackers send
  // them, to find a parser that does not recognize the coding.
  const written = fields.rawValue(fields.keys.indexOf("transfer-encoding"));
  if (written !== coding && written !== ` ${coding}`) {
    return refuse("bad-transfer-encoding", sender, "Odd white space around the transfer coding");
  }
  return CHUNKED;
}

/**
 * Returns the length that all Content-Length lines and their list members agree on, or the refusal
 * when they differ. If a value is repeated, one Content-Length line replaces all lines in `fields`.
 */
function contentLength(fields: Fields, sender: Sender): number | ProtocolFailure {
  const count = fields.count("content-length");
  const first = fields.get("content-length") ?? "";
  const only = count === 1 ? digits(first) : -1;
  if (only >= 0) return only;

  const members = fields.all("content-length").join(",").split(",");
  const length = digits(trimBlanks(members[0] ?? ""));
  for (const member of members) {
    const value = digits(trimBlanks(member));
    if (value < 0) {
      return refuse(
        "bad-content-length",
        sender,
        `Content-Length ${quote(member)} is not a number of bytes`,
      );
    }
    if (value !== length) {
      return refuse(
        "differing-content-length",
        sender,
        "Content-Length is given with differing values",
      );
    }
  }
  fields.set("Content-Length", String(length));
  return length;
}

/**
 * Returns the number that decimal digits stand for. Returns -1 for any other text, and for numbers that a double cannot
 * hold exactly.
 */
function digits(text: string): number {
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
    if (value > Number.MAX_SAFE_INTEGER) return -1;
  }
  return text.length === 0 ? -1 : value;
}

/**
 * Returns the refusal of a Transfer-Encoding other than chunked. A request gets 501 when the value is a well-formed
 * list with a coding that this proxy does not know, and 400 for any other value. An answer gets 502.
 */
function refuseCoding(value: string, sender: Sender): ProtocolFailure {
  const codings = value.toLowerCase().split(",").map(trimBlanks);
  const wellFormed = codings.every((coding) => isAll(TOKEN, coding));
  const misplaced = codings.slice(0, -1).includes("chunked");
  if (wellFormed && !misplaced && sender === "client") {
    return new ProtocolFailure(
      "unknown-transfer-coding",
      501,
      `Transfer-Encoding ${quote(value)} has a coding other than chunked`,
    );
  }
  return refuse(
    "bad-transfer-encoding",
    sender,
    `Transfer-Encoding ${quote(value)} is not chunked`,
  );
}

function refuse(code: string, sender: Sender, message: string): ProtocolFailure {
  return new ProtocolFailure(code, malformed(sender), message);
}
