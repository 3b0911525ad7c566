// The fast way for the head of an answer that needs no edit: equal heads of a connection are made to text once.
import { httpDate, plainAnswerHead, type ResponseHead } from "@tandem/http";
import type { Exchange } from "@tandem/http/exchange";
import type { Clock } from "@tandem/transport";

/**
 * Writes the head of an answer as text, with a Date if it has none. Returns false, and writes nothing, when the client's
 * protocol has no heads in text or this head has fields that must not be passed on.
 */
export function respondPlain(exchange: Exchange, head: ResponseHead, clock: Clock): boolean {
  if (exchange.respondPlain === undefined) return false;
  let plain = head.forwardText;
  if (plain === undefined) {
    plain = plainAnswerHead(head);
    head.forwardText = plain;
  }
  if (plain === undefined) return false;
  const dated = head.dated ? plain : `${plain}Date: ${httpDate(clock.wall())}\r\n`;
  exchange.respondPlain(head.status, dated, head.bodyLength);
  return true;
}
