// Finds the processes that listen on a port, from the files in /proc (proc(5)). The kernel's list of listening sockets
// has the inode of each socket, and the descriptors of a process show the inodes of its sockets. These files are read
// only when listening on a port has failed. The descriptors of other users' processes cannot be read.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import { type Address, plainAddress } from "./address.ts";

/**
 * A process that listens. `name` is the name of its program without the arguments, because the arguments may contain
 * secrets.
 */
export interface PortHolder {
  readonly pid: number;
  readonly name: string;
}

const LISTENING = "0A";
const WILDCARDS = ["0.0.0.0", "::"];

/** Returns the processes that have a listener which conflicts with `address`. Empty when they cannot be found. */
export function portHolders(address: Address): readonly PortHolder[] {
  const inodes = new Set(["tcp", "tcp6"].flatMap((table) => listeners(table, address)));
  if (inodes.size === 0) return [];
  const pids = entries("/proc").filter((name) => /^\d+$/.test(name));
  const holders = pids.filter((pid) => socketsOf(pid).some((inode) => inodes.has(inode)));
  return holders.map((pid) => ({ pid: Number(pid), name: nameOf(pid) }));
}

function listeners(table: string, { host = "::", port }: Address): string[] {
  return text(`/proc/self/net/${table}`)
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      const [hex = "", hexPort = ""] = local.split(":");
      if (state !== LISTENING || Number.parseInt(hexPort, 16) !== port) return [];
      const bound = addressOf(hex);
      const inTheWay = bound === host || [bound, host].some((one) => WILDCARDS.includes(one));
      return inTheWay || host === "localhost" ? [inode] : [];
    });
}

/** Parses an address as the kernel writes it, in 32-bit words of the machine's byte order: `0100007F` = 127.0.0.1. */
function addressOf(hex: string): string {
  const bytes = Buffer.from(hex, "hex");
  bytes.swap32();
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16));
  if (/^(0:){5}ffff:/.test(`${groups.join(":")}`))
    return plainAddress(bytes.subarray(12).join("."));
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}

function socketsOf(pid: string): string[] {
  return entries(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      return []; // the descriptor was closed after it was listed
    }
  });
}

/** Returns the name of the program that runs as process `pid`, such as `node tandem-balancer.ts` or `nginx`. */
function nameOf(pid: string): string {
  const [program = "", script = ""] = text(`/proc/${pid}/cmdline`).split("\0");
  const words = /\.[cm]?[jt]s$/.test(script) ? [program, script] : [program];
  return words.map((word) => basename(word)).join(" ");
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // the process belongs to another user or has ended, or this is not Linux
  }
}

function text(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
