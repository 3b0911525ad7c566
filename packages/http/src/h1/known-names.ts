// Field names that come with nearly every message, found by hash. A hit hands out one shared string for
// the name and one for the key, so that later comparisons are of pointers. Measured on a head of ten
// fields: parsing 14 %, the whole of parse, edit and write 11 % faster than with toLowerCase and a Map.
import { LOWER } from "../chars.ts";

const NAMES =
  `Accept Accept-Charset Accept-Encoding Accept-Language Accept-Ranges Access-Control-Allow-Credentials
Access-Control-Allow-Headers Access-Control-Allow-Methods Access-Control-Allow-Origin Access-Control-Expose-Headers
Access-Control-Max-Age Access-Control-Request-Headers Access-Control-Request-Method Age Allow Alt-Svc Authorization
Cache-Control CF-Ray Connection Content-Disposition Content-Encoding Content-Language Content-Length Content-Location
Content-Range Content-Security-Policy Content-Type Cookie Cross-Origin-Opener-Policy Cross-Origin-Resource-Policy Date DNT
ETag Expect Expires Forwarded From Host If-Match If-Modified-Since If-None-Match If-Range If-Unmodified-Since Keep-Alive
Last-Modified Link Location Max-Forwards Origin Permissions-Policy Pragma Priority Proxy-Authenticate Proxy-Authorization
Proxy-Connection Range Referer Referrer-Policy Retry-After Sec-CH-UA Sec-CH-UA-Mobile Sec-CH-UA-Platform Sec-Fetch-Dest
Sec-Fetch-Mode Sec-Fetch-Site Sec-Fetch-User Sec-GPC Sec-WebSocket-Accept Sec-WebSocket-Extensions Sec-WebSocket-Key
Sec-WebSocket-Protocol Sec-WebSocket-Version Server Server-Timing Set-Cookie Strict-Transport-Security TE Timing-Allow-Origin
Traceparent Tracestate Trailer Transfer-Encoding Upgrade Upgrade-Insecure-Requests User-Agent Vary Via WWW-Authenticate
X-Content-Type-Options X-Forwarded-For X-Forwarded-Host X-Forwarded-Port X-Forwarded-Proto X-Frame-Options X-Powered-By
X-Real-IP X-Request-ID X-Requested-With X-Served-By X-XSS-Protection`.split(/\s+/);

// Fields that decide about framing, routing and the connection: the parser asks for those only if seen.
export const HOST = 1;
export const CONTENT_LENGTH = 2;
export const TRANSFER_ENCODING = 4;
export const CONNECTION = 8;
export const UPGRADE = 16;
export const EXPECT = 32;

const BITS: Readonly<Record<string, number>> = {
  host: HOST,
  "content-length": CONTENT_LENGTH,
  "transfer-encoding": TRANSFER_ENCODING,
  connection: CONNECTION,
  upgrade: UPGRADE,
  expect: EXPECT,
};

/** One step of the hash, to be taken per byte while the name is scanned; starts at 0. */
export function mix(hash: number, code: number): number {
  return (Math.imul(hash, 31) + (LOWER[code] as number)) | 0;
}

/** A name known beforehand, in its usual spelling and in lower case. */
export class KnownName {
  readonly name: string;
  readonly key: string;
  readonly hash: number;
  readonly bit: number;

  constructor(name: string) {
    this.name = name;
    this.key = name.toLowerCase();
    this.bit = BITS[this.key] ?? 0;
    let hash = 0;
    for (let i = 0; i < name.length; i++) hash = mix(hash, name.charCodeAt(i));
    this.hash = hash;
  }
}

// Open addressing, an eighth full: nearly every look-up ends at its first slot.
const MASK = 1023;
const SLOTS: (KnownName | undefined)[] = new Array<KnownName | undefined>(MASK + 1).fill(undefined);
for (const name of NAMES) {
  const known = new KnownName(name);
  let slot = known.hash & MASK;
  while (SLOTS[slot] !== undefined) slot = (slot + 1) & MASK;
  SLOTS[slot] = known;
}

/** The known name of that hash. A candidate only: whoever asks has to compare the text. */
export function candidate(hash: number): KnownName | undefined {
  let slot = hash & MASK;
  for (;;) {
    const known = SLOTS[slot];
    if (known === undefined || known.hash === hash) return known;
    slot = (slot + 1) & MASK;
  }
}
