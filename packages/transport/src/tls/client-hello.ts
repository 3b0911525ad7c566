// The server name in a TLS ClientHello (RFC 8446 §4.1.2, RFC 6066 §3), read before the handshake begins. Node lets a
// name choose one more certificate beside those of the listener, not other ones in their place; so the name has to be
// known before a context is chosen. Everything else about the message is left to OpenSSL, which reads it again.

const HANDSHAKE = 22;
const MAJOR_VERSION = 3;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const HOST_NAME = 0;
const RECORD_HEAD = 5;
const MESSAGE_HEAD = 4;
/** Version and random, which stand before the session id. */
const FIXED = 34;
/** The largest record, RFC 8446 §5.1. A hello is a tenth of it, with post-quantum key shares too. */
const MAX_RECORD = 16_384;
/** Only test tools cut a hello into more. */
const MAX_RECORDS = 16;

/** More bytes than any hello has. */
const MAX_HELLO = MAX_RECORD + RECORD_HEAD;

/**
 * The name a client asks for, as it wrote it; empty when there is none, or when this is no ClientHello. Undefined while
 * its end has not come. Never throws.
 */
export function serverNameOf(bytes: Buffer): string | undefined {
  const message = messageOf(bytes);
  return typeof message === "object" ? nameIn(message) : message;
}

/** The body of the hello, put together from its records; "" where it is none. */
function messageOf(bytes: Buffer): Buffer | "" | undefined {
  const { fragments, more } = recordsOf(bytes);
  const [first] = fragments;
  // The usual case is one record, which is not copied.
  const message = fragments.length === 1 && first ? first : Buffer.concat(fragments);
  if (message.length >= MESSAGE_HEAD) {
    const end = MESSAGE_HEAD + message.readUIntBE(1, 3);
    if (message[0] !== CLIENT_HELLO || end > MAX_RECORD) return "";
    if (message.length >= end) return message.subarray(MESSAGE_HEAD, end);
  }
  return more && bytes.length < MAX_HELLO ? undefined : "";
}

/** The contents of the handshake records at the beginning, and whether another may follow. */
function recordsOf(bytes: Buffer): { readonly fragments: Buffer[]; readonly more: boolean } {
  const fragments: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== HANDSHAKE || fragments.length === MAX_RECORDS)
      return { fragments, more: false };
    if (bytes.length < at + RECORD_HEAD) break;
    const length = bytes.readUInt16BE(at + 3);
    if (bytes[at + 1] !== MAJOR_VERSION || length === 0 || length > MAX_RECORD)
      return { fragments, more: false };
    fragments.push(bytes.subarray(at + RECORD_HEAD, at + RECORD_HEAD + length));
    at += RECORD_HEAD + length;
  }
  return { fragments, more: true };
}

function nameIn(hello: Buffer): string {
  const reader = new Reader(hello);
  reader.skip(FIXED);
  reader.skip(reader.number(1)); // session id
  reader.skip(reader.number(2)); // cipher suites
  reader.skip(reader.number(1)); // compression methods
  const extensions = reader.part(reader.number(2));
  while (extensions.left >= MESSAGE_HEAD) {
    const type = extensions.number(2);
    const content = extensions.part(extensions.number(2));
    if (type !== SERVER_NAME) continue;
    const names = content.part(content.number(2));
    const kind = names.number(1);
    const name = names.text(names.number(2));
    return kind === HOST_NAME ? name : "";
  }
  return "";
}

/** Reads on; beyond the end everything is empty, so that lengths that lie lead to no name. */
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

  /** Empty where the bytes end before. */
  text(length: number): string {
    if (length > this.left) return "";
    return this.#bytes.toString("latin1", this.#at, this.#at + length);
  }
}
