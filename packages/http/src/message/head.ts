// The two heads: what a message says before its body, with the answers a proxy asks of it (where to,
// how long is the body, does the connection live on) worked out once. Hot records: fixed shape.
//
// A client on a kept connection says the same fields again and again, and so does a server; only the
// start line of requests differs. So what follows from the fields alone is a record of its own that
// heads of one connection share as long as their bytes are the same: comparing 500 bytes takes 50 ns,
// reading them anew 2 µs.
import { flat } from "../text/flat.ts";
import type { Fields } from "./fields.ts";
import { HeaderFields } from "./header-fields.ts";
import { hostName } from "./host.ts";
import { DATE } from "./known-names.ts";
import { resolveDotSegments } from "./path.ts";
import { normalOriginForm } from "./target.ts";

/** 10 for HTTP/1.0; 11 for HTTP/1.1 and later minor versions, which RFC 9110 2.5 reads as 1.1. */
export type HttpVersion = 10 | 11;

/** Body length of a message in chunked transfer coding. */
export const CHUNKED = -1;
/** Body length of a response that ends with its connection. */
export const UNTIL_CLOSE = -2;

/** Room for whoever forwards a head: the text made of it, kept for equal heads of the same connection. */
class Forwardable {
  #text: string | undefined = undefined;
  #flat = false;

  /** In one piece when it is used again. */
  get forwardText(): string | undefined {
    if (!this.#flat && this.#text !== undefined) {
      this.#flat = true;
      this.#text = flat(this.#text);
    }
    return this.#text;
  }

  set forwardText(text: string | undefined) {
    this.#text = text;
    this.#flat = false;
  }
}

/** What the field section of a request says. Shared between requests: nothing of it may be changed. */
export class RequestSection extends Forwardable {
  /** The field lines as received, each with its CRLF. */
  readonly text: string;
  readonly version: HttpVersion;
  readonly fields: Fields;
  /** Which kinds of fields (known-names.ts) are among them. */
  readonly kinds: number;
  /** The validated authority of Host in lower case; "" without Host, which only HTTP/1.0 may leave out. */
  readonly host: string;
  /** Bytes of the body, or CHUNKED. */
  readonly bodyLength: number;
  /** Whether version and Connection ask for the connection to live on. */
  readonly keepAlive: boolean;
  /** The lower-case protocol asked for, when Connection names upgrade, no body follows and it is not h2c. */
  readonly upgrade: string | undefined;
  /** Whether the client waits for a 100 before it sends the body. Never on HTTP/1.0. */
  readonly expectContinue: boolean;

  constructor(
    text: string,
    version: HttpVersion,
    fields: Fields,
    kinds: number,
    host: string,
    bodyLength: number,
    keepAlive: boolean,
    upgrade: string | undefined,
    expectContinue: boolean,
  ) {
    super();
    this.text = text;
    this.version = version;
    this.fields = fields;
    this.kinds = kinds;
    this.host = host;
    this.bodyLength = bodyLength;
    this.keepAlive = keepAlive;
    this.upgrade = upgrade;
    this.expectContinue = expectContinue;
  }
}

/** A request that passed every check. */
export class RequestHead {
  readonly method: string;
  /**
   * What is forwarded and logged: path and query as the client wrote them, but for dot segments (see
   * `resolveDotSegments`). `*` and the authority of CONNECT stand as they came.
   */
  target: string;
  /** The same in normal form (see `normalizePath`), to match on. Change both, by `retarget`. */
  path: string;
  /**
   * The validated authority in lower case, port included; that of an absolute-form target wins over
   * Host, and Host in `fields` is rewritten to it. "" on HTTP/1.0 without Host.
   */
  readonly host: string;
  readonly section: RequestSection;
  #own: Fields | undefined = undefined;

  constructor(method: string, target: string, path: string, host: string, section: RequestSection) {
    this.method = method;
    this.target = target;
    this.path = path;
    this.host = host;
    this.section = section;
  }

  /** Asks for something else: `target` in origin form. False, and nothing has changed, when it is none. */
  retarget(target: string): boolean {
    const path = normalOriginForm(target);
    if (path === undefined) return false;
    this.target = resolveDotSegments(target);
    this.path = path;
    return true;
  }

  /** To read. Edits go to `editableFields`, because other requests share these. */
  get fields(): Fields {
    return this.#own ?? this.section.fields;
  }

  /** Fields of this request's own, from the first call on. */
  get editableFields(): Fields {
    this.#own ??= this.section.fields.copy();
    return this.#own;
  }

  /** The same for filters, which may not touch what frames the request. */
  edit(): HeaderFields {
    return new HeaderFields(this.editableFields);
  }

  /** `host` in the form that is compared: without port, final dot and escapes. */
  get hostName(): string {
    return hostName(this.host);
  }

  /** Somebody asked for `editableFields`: `section.fields` is not what is to be forwarded. */
  get edited(): boolean {
    return this.#own !== undefined;
  }

  get version(): HttpVersion {
    return this.section.version;
  }

  get bodyLength(): number {
    return this.section.bodyLength;
  }

  get keepAlive(): boolean {
    return this.section.keepAlive;
  }

  get upgrade(): string | undefined {
    return this.section.upgrade;
  }

  get expectContinue(): boolean {
    return this.section.expectContinue;
  }
}

/** A response that passed every check; interim (1xx) responses are responses too. */
export class ResponseHead extends Forwardable {
  readonly status: number;
  readonly reason: string;
  readonly version: HttpVersion;
  /** Shared by equal responses of one connection; whoever edits them works on a copy. */
  readonly fields: Fields;
  /** Which kinds of fields (known-names.ts) are among them. */
  readonly kinds: number;
  /** Bytes of the body, CHUNKED or UNTIL_CLOSE. 0 after HEAD and for 1xx, 204, 205, 304. */
  readonly bodyLength: number;
  /** Whether the connection may serve another request. Never when the body lasts until close. */
  readonly keepAlive: boolean;

  /** Whether its server says when it made it. */
  get dated(): boolean {
    return (this.kinds & DATE) !== 0;
  }

  constructor(
    status: number,
    reason: string,
    version: HttpVersion,
    fields: Fields,
    kinds: number,
    bodyLength: number,
    keepAlive: boolean,
  ) {
    super();
    this.status = status;
    this.reason = reason;
    this.version = version;
    this.fields = fields;
    this.kinds = kinds;
    this.bodyLength = bodyLength;
    this.keepAlive = keepAlive;
  }
}
