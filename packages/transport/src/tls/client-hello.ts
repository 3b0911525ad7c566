// Finds the server name (RFC 6066 §3) and the protocols (ALPN, RFC 7301) in a TLS ClientHello (RFC 8446 §4.1.2) before
// the handshake begins. During a handshake Node can only add a certificate to the certificates of the listener; it
// cannot replace them. So the name has to be known before the certificates are chosen. A connection that is passed on
// with its TLS is routed by both. Everything else in the message is left to OpenSSL, which reads the message again.

const HANDSHAKE = 22;
const MAJOR_VERSION = 3;
const CLIENT_HELLO = 1;
/** The first bit of a message of SSL 2, whose length has two bytes. */
const SSL2_HEAD = 0x80;
const SERVER_NAME = 0;
const ALPN = 16;
const HOST_NAME = 0;
const RECORD_HEAD = 5;
const MESSAGE_HEAD = 4;
/** The length in bytes of the version and the random value, which come before the session id in a ClientHello. */
const FIXED = 34;
/**
 * The size of the largest TLS record in bytes (RFC 8446 §5.1). A ClientHello is about a tenth as long, even with
 * post-quantum key shares.
 */
const MAX_RECORD = 16_384;
/**
 * How many TLS records of a ClientHello are read at most. Programs that hide the server name from machines in between
 * cut a ClientHello into many records.
 */
const MAX_RECORDS = 128;

/** How many bytes of a ClientHello are read at most. Real ClientHellos are far smaller. */
const MAX_HELLO = MAX_RECORD + RECORD_HEAD;

/** What a client says about itself in its ClientHello. */
export interface ClientHello {
  /** The server name as the client wrote it; empty when there is none. */
  readonly serverName: string;
  /** The protocols that the client offers, the preferred one first; empty when it offers none. */
  readonly protocols: readonly string[];
}

/** What bytes say that are no ClientHello. */
export const NO_HELLO: ClientHello = { serverName: "", protocols: [] };

/**
 * What bytes are that begin as a TLS handshake and are not a ClientHello within the limits. OpenSSL accepts longer
 * ClientHellos in more records. So the server name in it is unknown here, and known to a server that reads all of it.
 */
export const UNREADABLE_HELLO = "unreadable";

/** What a ClientHello in the format of SSL 2 says (RFC 5246 appendix E.2). It has no extensions, so no server name. */
const SSL2_HELLO: ClientHello = { serverName: "", protocols: [] };

/**
 * Returns what the ClientHello says; NO_HELLO when the bytes do not begin as a TLS handshake. Undefined while the
 * ClientHello is incomplete. Never throws.
 */
export function clientHelloOf(bytes: Buffer): ClientHello | typeof UNREADABLE_HELLO | undefined {
  const [type, version = MAJOR_VERSION] = bytes;
  if (type !== undefined && (type & SSL2_HEAD) !== 0) return ssl2HelloOf(bytes);
  if (type !== HANDSHAKE || version !== MAJOR_VERSION)
    return type === undefined ? undefined : NO_HELLO;
  const message = messageOf(bytes);
  return message === undefined || message === UNREADABLE_HELLO ? message : contentOf(message);
}

/** OpenSSL still reads the ClientHello of SSL 2: a length of two bytes, the type, the version of TLS. */
function ssl2HelloOf(bytes: Buffer): ClientHello | undefined {
  const [, , type = CLIENT_HELLO, version = MAJOR_VERSION] = bytes;
  if (type !== CLIENT_HELLO || version !== MAJOR_VERSION) return NO_HELLO;
  return bytes.length < 4 ? undefined : SSL2_HELLO;
}

/** Returns the body of the ClientHello, joined from its records. Undefined while the ClientHello is incomplete. */
function messageOf(bytes: Buffer): Buffer | typeof UNREADABLE_HELLO | undefined {
  const { fragments, length, more } = recordsOf(bytes);
  if (length >= MESSAGE_HEAD) {
    const head = Buffer.concat(fragments, MESSAGE_HEAD);
    const end = MESSAGE_HEAD + head.readUIntBE(1, 3);
    if (head[0] !== CLIENT_HELLO || end > MAX_RECORD) return UNREADABLE_HELLO;
    if (length >= end) return joined(fragments).subarray(MESSAGE_HEAD, end);
  }
  return more && bytes.length < MAX_HELLO ? undefined : UNREADABLE_HELLO;
}

/** Usually the hello is in one record. Then no bytes are copied. */
function joined(fragments: readonly Buffer[]): Buffer {
  const [first] = fragments;
  return fragments.length === 1 && first ? first : Buffer.concat(fragments);
}

interface Records {
  readonly fragments: readonly Buffer[];
  /** How many bytes the fragments have together. */
  readonly length: number;
  /** Whether another record may follow. */
  readonly more: boolean;
}

/** Returns the contents of the handshake records at the beginning of `bytes`. */
function recordsOf(bytes: Buffer): Records {
  const fragments: Buffer[] = [];
  let length = 0;
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== HANDSHAKE || fragments.length === MAX_RECORDS)
      return { fragments, length, more: false };
    if (bytes.length < at + RECORD_HEAD) break;
    const size = bytes.readUInt16BE(at + 3);
    if (bytes[at + 1] !== MAJOR_VERSION || size === 0 || size > MAX_RECORD)
      return { fragments, length, more: false };
    const fragment = bytes.subarray(at + RECORD_HEAD, at + RECORD_HEAD + size);
    fragments.push(fragment);
    length += fragment.length;
    at += RECORD_HEAD + size;
  }
  return { fragments, length, more: true };
}

function contentOf(hello: Buffer): ClientHello {
  const reader = new Reader(hello);
  reader.skip(FIXED);
  reader.skip(reader.number(1)); // session id
  reader.skip(reader.number(2)); // cipher suites
  reader.skip(reader.number(1)); // compression methods
  const extensions = reader.part(reader.number(2));
  let serverName: string | undefined;
  let protocols: readonly string[] | undefined;
  while (extensions.left >= MESSAGE_HEAD) {
    const type = extensions.number(2);
    const content = extensions.part(extensions.number(2));
    if (type === SERVER_NAME) serverName ??= nameIn(content);
    else if (type === ALPN) protocols ??= protocolsIn(content);
  }
  return { serverName: serverName ?? "", protocols: protocols ?? [] };
}

function nameIn(content: Reader): string {
  const names = content.part(content.number(2));
  const kind = names.number(1);
  const name = names.text(names.number(2));
  return kind === HOST_NAME ? name : "";
}

function protocolsIn(content: Reader): readonly string[] {
  const list = content.part(content.number(2));
  const protocols: string[] = [];
  while (list.left > 0) {
    const protocol = list.text(list.number(1));
    if (protocol !== "") protocols.push(protocol);
  }
  return protocols;
}

/**
 * Reads numbers and bytes in sequence. Past the end of the message, every number is 0 and every text is empty. So no
 * name is found in a message with a wrong length.
 */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  skip(length: number): void {
    this.#at = Math.min(this.#bytes.length, this.#at + length);
  }

  number(width: 1 | 2): number {
    if (this.left < width) {
      this.#at = this.#bytes.length;
      return 0;
    }
    const value = this.#bytes.readUIntBE(this.#at, width);
    this.#at += width;
    return value;
  }

  part(length: number): Reader {
    const inner = new Reader(this.#bytes.subarray(this.#at, this.#at + length));
    this.skip(length);
    return inner;
  }

  /** Returns the next `length` bytes as text; empty when fewer bytes are left. */
  text(length: number): string {
    if (length > this.left) return "";
    const begin = this.#at;
    this.skip(length);
    return this.#bytes.toString("latin1", begin, this.#at);
  }
}
