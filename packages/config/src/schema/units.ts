// Scalar values of tandem.yaml: durations, sizes, addresses. Each parser turns the text that an operator writes into
// the value that the code needs. When a text is refused, the message says which texts are accepted.
import { isIP } from "node:net";
import { z } from "zod";
import { DURATION, DURATION_WORDS, durationMs } from "../duration-text.ts";

const BYTES = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;

const SIZE = /^(\d+(?:\.\d+)?)(B|KiB|MiB|GiB)$/;

function sizeBytes(text: string): number {
  const [, amount, unit] = SIZE.exec(text) ?? [];
  const units: Readonly<Record<string, number>> = BYTES;
  return Math.round(Number(amount) * (units[unit ?? ""] ?? Number.NaN));
}

/** Accepts a duration such as `250ms`, `2s`, `1m`; returns milliseconds. */
export const duration = z
  .string(DURATION_WORDS)
  .regex(DURATION, DURATION_WORDS)
  .transform(durationMs)
  .meta({ title: "duration", examples: ["250ms", "2s", "1m"] });

/** Accepts a size such as `16KiB`; returns bytes. */
export const size = z
  .string('expected a size such as "512B", "16KiB" or "1MiB"')
  .regex(SIZE, 'expected a size such as "512B", "16KiB" or "1MiB"')
  .transform(sizeBytes)
  .meta({ title: "size", examples: ["512B", "16KiB", "1MiB"] });

/** Accepts any number between two bounds. */
export function number(least: number, most: number): z.ZodNumber {
  const words = `expected a number from ${least} to ${most}`;
  return z.number(words).min(least, words).max(most, words).meta({ title: "number" });
}

/** Accepts a whole number between two bounds. */
export const count = (least: number, most: number) => z.int().min(least).max(most);

/** The address of a listener or a server. `host` is undefined for `*:port`. */
export interface Address {
  readonly host: string | undefined;
  readonly port: number;
}

const ADDRESS = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/;

/** Parses `host:port`, `[v6]:port` or `*:port`; returns undefined for any other text. */
export function parseAddress(text: string): Address | undefined {
  const match = ADDRESS.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) return undefined;
  const host = match[1] ?? match[2];
  return { host: host === "*" ? undefined : host, port };
}

function address(expected: string, accepts: (address: Address) => boolean) {
  return z
    .string(expected)
    .refine((text) => {
      const parsed = parseAddress(text);
      return parsed !== undefined && accepts(parsed);
    }, expected)
    .transform((text): Address => parseAddress(text) ?? { host: undefined, port: 0 });
}

/**
 * Accepts an address to listen on: `127.0.0.1:8080`, `[::1]:8080`, or `*:8080` for every address. Port 0 = any free
 * port.
 */
export const bindAddress = address(
  'expected an address to listen on, such as "127.0.0.1:8080", "[::1]:8080" or "*:8080"',
  () => true,
).meta({ title: "listening address", examples: ["127.0.0.1:8080", "[::1]:8080", "*:8080"] });

/** Accepts the address of a server: `10.0.0.2:8081` or `web2.internal:8081`. */
export const serverAddress = address(
  'expected a server address with host and port, such as "10.0.0.2:8081"',
  ({ host, port }) => host !== undefined && port > 0,
).meta({ title: "server address", examples: ["10.0.0.2:8081", "web2.internal:8081"] });

const NETWORK = 'expected an address or a network, such as "10.0.0.2", "10.0.0.0/8" or "fd00::/8"';

/** Accepts an address, or a network in CIDR notation. */
export const network = z.string(NETWORK).refine((text) => {
  const [address = "", prefix, ...rest] = text.split("/");
  const bits = isIP(address) === 4 ? 32 : 128;
  const fits = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
  return isIP(address) !== 0 && fits && rest.length === 0;
}, NETWORK);

const HOST_NAME = 'expected a host name without scheme, port and path, such as "www.foobar.com"';

/**
 * Accepts the name of one host. It refuses only texts that are a URL, a pattern or several words, because a private
 * network may use any names.
 */
export const hostName = z
  .string(HOST_NAME)
  .regex(/^(?:[^\s/:*?#@\\[\]]+|\[[0-9a-fA-F:.]+\])$/, HOST_NAME)
  .meta({ title: "host name", examples: ["www.foobar.com"] });

const HOST = 'expected a host without port, such as "www.foobar.com", "*.foobar.com" or "*"';

/** Accepts a host, every name below a host (`*.host`), or every host (`*`). */
export const hostPattern = z
  .string(HOST)
  .regex(/^(?:\*|(?:\*\.)?[^\s/:*[\]]+|\[[0-9a-fA-F:.]+\])$/, HOST)
  .meta({ title: "host", examples: ["www.foobar.com", "*.foobar.com"] });

const ENCODED =
  'expected a percent-encoded character that is not plain in a path, such as "%00", "%2F" or "%5C"';

/**
 * Accepts a percent-encoded character such as `%2F`. `%41` and `%2E` are not accepted: they mean `A` and `.`, which
 * are decoded before routes are matched.
 */
export const encoded = z
  .string(ENCODED)
  .refine((text) => {
    if (!/^%[0-9A-Fa-f]{2}$/.test(text)) return false;
    return !/[\w.~-]/.test(String.fromCharCode(Number.parseInt(text.slice(1), 16)));
  }, ENCODED)
  .transform((text) => text.toUpperCase());

/** Accepts a name for a frontend, backend, server or box. The name appears in logs, metrics and commands. */
export const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, "expected a name of letters, digits, '-', '_' or '.'")
  .meta({ title: "name" });

/**
 * Accepts the path of a file. The loader makes it absolute; relative paths start at the folder of the configuration
 * file.
 */
export const file = z.string().min(1).meta({ title: "file" });

/** Accepts the path of a folder. The loader makes it absolute like the path of a file. */
export const folder = z.string().min(1).meta({ title: "folder" });
