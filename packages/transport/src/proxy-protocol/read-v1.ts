// Reads a header of version 1, one line of text (section 2.1):
//
//   PROXY TCP4 192.0.2.1 198.51.100.7 56324 443
//
// The line is read strictly: one space between its words, addresses and ports as they are usually written.
import { isIPv4, isIPv6 } from "node:net";
import { canonicalAddress } from "../client-address.ts";
import { type Reading, V1_MAX_BYTES } from "./header.ts";

const PORT = /^(?:0|[1-9]\d{0,4})$/;

/** Reads a header from bytes that begin with `PROXY `. */
export function readV1(bytes: Buffer): Reading {
  const end = bytes.subarray(0, V1_MAX_BYTES).indexOf("\r\n");
  if (end < 0)
    return bytes.length < V1_MAX_BYTES
      ? undefined
      : `it is longer than the ${V1_MAX_BYTES} bytes of version 1`;
  const length = end + 2;
  const [, family = "", ...words] = bytes.toString("latin1", 0, end).split(" ");
  // What follows UNKNOWN is not to be read.
  if (family === "UNKNOWN") return { length, ends: undefined, tlvs: {} };
  const isAddress = ADDRESS_OF.get(family);
  if (isAddress === undefined)
    return `its protocol is ${quoted(family)}, expected TCP4, TCP6 or UNKNOWN`;
  if (words.length !== 4)
    return `${words.length} words follow ${family}, expected two addresses and two ports`;
  const [client = "", local = "", clientPort = "", localPort = ""] = words;
  for (const address of [client, local])
    if (!isAddress(address)) return `${quoted(address)} is no address of ${family}`;
  for (const port of [clientPort, localPort])
    if (!PORT.test(port) || Number(port) > 65_535)
      return `${quoted(port)} is no port from 0 to 65535`;
  const ends = { client: endpoint(client, clientPort), local: endpoint(local, localPort) };
  return { length, ends, tlvs: {} };
}

const ADDRESS_OF: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ["TCP4", isIPv4],
  ["TCP6", (text: string) => isIPv6(text) && !text.includes("%")],
]);

function endpoint(address: string, port: string) {
  return { address: canonicalAddress(address) ?? address, port: Number(port) };
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
