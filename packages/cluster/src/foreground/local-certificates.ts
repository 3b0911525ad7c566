// The local authority of this user, for HTTPS on this machine: made once, kept in the user's state folder (XDG Base
// Directory Specification), and trusted by a browser once. The key of the authority is readable by this user alone,
// because its holder can impersonate every site to a browser that trusts the authority.
import { chmodSync, existsSync } from "node:fs";
import { userInfo } from "node:os";
import { isAbsolute, join } from "node:path";
import type { Address } from "@tandem/config";
import type { Clock } from "@tandem/transport";
import { createAuthority } from "../certificates/authority.ts";
import { type KeyPair, type PairPaths, pairPaths, writePair } from "../certificates/files.ts";
import { inspect, keyFault, readPair, reasonToIssue } from "../certificates/inspect.ts";
import { issue } from "../certificates/issue.ts";
import { makeFolder } from "../make-folder.ts";
import { CommandRefusal } from "../refusal.ts";
import { shellWord } from "../shell-word.ts";
import { isEverywhere, isLoopback } from "./listen.ts";

export interface LocalCertificates {
  /** The certificate of the authority, for `curl --cacert` and for browsers. */
  readonly authority: string;
  /** Whether the authority was made just now, so that no client trusts it yet. */
  readonly fresh: boolean;
  /** One certificate for this machine, and one for each of the hosts. */
  readonly pairs: readonly PairPaths[];
}

const LOCAL_NAMES = ["localhost", "127.0.0.1", "::1"];

/** Returns the folder of the authority. A relative XDG_STATE_HOME is ignored, as the specification demands. */
function authorityFolder(): string {
  const { XDG_STATE_HOME: state } = process.env;
  const base = state !== undefined && isAbsolute(state) ? state : join(home(), ".local/state");
  return join(base, "tandem", "tls");
}

/** Returns the user's home folder: HOME, or where that is no absolute path, the home folder of the user's account. */
function home(): string {
  const { HOME = "" } = process.env;
  if (isAbsolute(HOME)) return HOME;
  const { homedir } = accountOf() ?? {};
  if (homedir !== undefined && isAbsolute(homedir)) return homedir;
  throw new CommandRefusal(
    `HOME: found '${HOME}', expected an absolute path, because the local authority is kept below it;\n` +
      "set HOME, or name the folder with the variable XDG_STATE_HOME",
  );
}

function accountOf(): { readonly homedir: string } | undefined {
  try {
    return userInfo();
  } catch {
    return undefined; // the system does not know this user
  }
}

/** Returns the files that {@link localCertificates} makes, without making any, and whether all of them exist. */
export function plannedCertificates(
  { host }: Address,
  hosts: readonly string[],
): { readonly pairs: readonly PairPaths[]; readonly exist: boolean } {
  const folder = authorityFolder();
  const pairs = namesOf(host, hosts).map(([name]) => pathsOf(folder, name));
  return { pairs, exist: pairs.every(({ cert, key }) => existsSync(cert) && existsSync(key)) };
}

const pathsOf = (folder: string, name: string): PairPaths =>
  pairPaths(folder, name.replace("*", "_").replaceAll(":", "_"));

/**
 * Makes or renews what is missing: the authority, a certificate for localhost, 127.0.0.1, ::1 and the address that is
 * listened on, and one for each of `hosts`. Each host has a certificate of its own, so two calls with other hosts never
 * replace each other's. Throws a CommandRefusal when the folder is unusable.
 */
export async function localCertificates(
  { host }: Address,
  hosts: readonly string[],
  clock: Clock,
): Promise<LocalCertificates> {
  const folder = authorityFolder();
  try {
    makeFolder(folder, 0o700);
    chmodSync(folder, 0o700);
    return await prepared(folder, namesOf(host, hosts), clock.wall());
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    throw unusable(folder, error);
  }
}

/** Returns the error for a folder in which the authority cannot be kept. */
export function unusable(folder: string, error: Error): CommandRefusal {
  const advice =
    "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT")
      ? "the disk is full: make room"
      : "make it writable for this user";
  return new CommandRefusal(
    `${folder}: the folder of the local authority cannot be used (${error.message});\n` +
      `${advice}, or choose another with the variable XDG_STATE_HOME`,
  );
}

/** Returns the names of each certificate that is wanted, the one for clients that send no name first. */
function namesOf(
  host: string | undefined,
  hosts: readonly string[],
): readonly (readonly [primary: string, ...others: string[]])[] {
  const primary = host === undefined || isEverywhere(host) || isLoopback(host) ? "localhost" : host;
  const local = LOCAL_NAMES.filter((name) => name !== primary);
  const others = hosts.filter((name) => name !== primary);
  return [[primary, ...local], ...others.map((name) => [name] as const)];
}

async function prepared(
  folder: string,
  wanted: ReturnType<typeof namesOf>,
  wallMs: number,
): Promise<LocalCertificates> {
  const { authority, fresh } = await ensureAuthority(folder, wallMs);
  const pairs: PairPaths[] = [];
  for (const names of wanted) {
    const [name] = names;
    const paths = pathsOf(folder, name);
    pairs.push(paths);
    if (reasonToIssue(paths, { names, authority: authority.cert }, wallMs) === undefined) continue;
    writePair(paths, await issue(authority, { name, names, use: "site" }, wallMs), true);
  }
  return { authority: pairPaths(folder, "ca").cert, fresh, pairs };
}

async function ensureAuthority(
  folder: string,
  wallMs: number,
): Promise<{ readonly authority: KeyPair; readonly fresh: boolean }> {
  const paths = pairPaths(folder, "ca");
  const kept = readPair(paths);
  if (kept !== undefined) {
    const fault = keyFault(paths, kept);
    if (fault !== undefined)
      throw new CommandRefusal(
        `${paths.key}: ${fault}; remove the folder, and a new authority is made, which browsers have to trust anew:\n  rm -r ${shellWord(folder)}`,
      );
    if (inspect(paths.cert, wallMs).daysLeft >= 0) return { authority: kept, fresh: false };
    throw new CommandRefusal(
      `${paths.cert}: the local authority has expired; remove the folder, and a new one is made:\n  rm -r ${folder}`,
    );
  }
  const half = [paths.cert, paths.key].find((path) => existsSync(path));
  if (half !== undefined)
    throw new CommandRefusal(
      `${half}: the other half of the local authority is missing; put it back, or remove the folder:\n  rm -r ${folder}`,
    );
  const authority = await createAuthority("this machine", wallMs);
  writePair(paths, authority, false); // throws when another call has made one in the meantime
  return { authority, fresh: true };
}
