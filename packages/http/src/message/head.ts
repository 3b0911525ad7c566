// The two heads: what a message says before its body, with the answers a proxy asks of it (where to,
// how long is the body, does the connection live on) worked out once. Hot records: fixed shape.
import type { Fields } from "./fields.ts";

/** 10 for HTTP/1.0; 11 for HTTP/1.1 and later minor versions, which RFC 9110 2.5 reads as 1.1. */
export type HttpVersion = 10 | 11;

/** Body length of a message in chunked transfer coding. */
export const CHUNKED = -1;
/** Body length of a response that ends with its connection. */
export const UNTIL_CLOSE = -2;

/** A request that passed every check. */
export class RequestHead {
  method: string;
  /** The target as received. */
  target: string;
  version: HttpVersion;
  fields: Fields;
  /**
   * The validated authority in lower case, port included; that of an absolute-form target wins over
   * Host, and Host in `fields` is rewritten to it. "" on HTTP/1.0 without Host.
   */
  host: string;
  /**
   * Path and query in the one form that is routed on, logged and forwarded (see `normalizePath`).
   * `*` and the authority of CONNECT stand as they came.
   */
  path: string;
  /** Bytes of the body, or CHUNKED. */
  bodyLength: number;
  /** Whether version and Connection ask for the connection to live on. */
  keepAlive: boolean;
  /** The lower-case protocol asked for, when Connection names upgrade, no body follows and it is not h2c. */
  upgrade: string | undefined;
  /** Whether the client waits for a 100 before it sends the body. Never on HTTP/1.0. */
  expectContinue: boolean;

  constructor(
    method: string,
    target: string,
    version: HttpVersion,
    fields: Fields,
    host: string,
    path: string,
    bodyLength: number,
    keepAlive: boolean,
    upgrade: string | undefined,
    expectContinue: boolean,
  ) {
    this.method = method;
    this.target = target;
    this.version = version;
    this.fields = fields;
    this.host = host;
    this.path = path;
    this.bodyLength = bodyLength;
    this.keepAlive = keepAlive;
    this.upgrade = upgrade;
    this.expectContinue = expectContinue;
  }
}

/** A response that passed every check; interim (1xx) responses are responses too. */
export class ResponseHead {
  status: number;
  reason: string;
  version: HttpVersion;
  fields: Fields;
  /** Bytes of the body, CHUNKED or UNTIL_CLOSE. 0 after HEAD and for 1xx, 204, 205, 304. */
  bodyLength: number;
  /** Whether the connection may serve another request. Never when the body lasts until close. */
  keepAlive: boolean;

  constructor(
    status: number,
    reason: string,
    version: HttpVersion,
    fields: Fields,
    bodyLength: number,
    keepAlive: boolean,
  ) {
    this.status = status;
    this.reason = reason;
    this.version = version;
    this.fields = fields;
    this.bodyLength = bodyLength;
    this.keepAlive = keepAlive;
  }
}
