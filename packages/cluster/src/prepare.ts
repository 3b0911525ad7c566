// Brings this machine to the state that the configuration file describes: certificates, session secret, log folder,
// database. Every step checks first and acts only when something is missing, so `prepare` may run before every start.
// Files outside the state folder belong to the operator: they are checked, never written.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "@tandem/config";
import type { Clock } from "@tandem/transport";
import { createAuthority } from "./certificates/authority.ts";
import { type KeyPair, pairPaths, writeAtomically, writePair } from "./certificates/files.ts";
import { keyDamage, readIfThere, readPair, reasonToIssue } from "./certificates/inspect.ts";
import { issue } from "./certificates/issue.ts";
import {
  type BoxConfigs,
  isPrepared,
  tlsFolder,
  type WantedPair,
  wantedPairs,
} from "./certificates/wanted.ts";
import { complaintIn, quoted } from "./complaint.ts";
import type { Executables } from "./executables.ts";
import { makeFolder } from "./make-folder.ts";
import { CommandRefusal, EXIT } from "./refusal.ts";
import { shellWord } from "./shell-word.ts";
import { refuseForeignState } from "./state-folder.ts";
import { assignments } from "./topology.ts";

export interface PrepareOptions {
  readonly file: string;
  readonly boxes: BoxConfigs;
  readonly clock: Clock;
  readonly executables: Executables;
  /** Called with a line for each thing that was done. Not called when there was nothing to do. */
  progress(line: string): void;
}

/** Prepares this machine. When it cannot, throws a CommandRefusal that names the next step. */
export async function prepare(options: PrepareOptions): Promise<void> {
  for (const config of options.boxes.values()) refuseForeignState(config);
  for (const config of options.boxes.values()) prepareFolders(config);
  await prepareCertificates(options);
  for (const config of options.boxes.values()) prepareSecret(config, options);
  await prepareDatabase(options);
}

function prepareFolders(config: Config): void {
  makeFolder(config.state, 0o700);
  const logs = config.telemetry.log.directory;
  if (logs !== undefined) makeFolder(logs, 0o750);
}

async function prepareCertificates({
  boxes,
  clock,
  file,
  progress,
}: PrepareOptions): Promise<void> {
  const pairs = wantedPairs(boxes);
  const [config] = boxes.values();
  if (config === undefined || pairs.length === 0) return;
  const inFolder = (path: string): boolean => isPrepared(config, path);
  const ours = pairs.filter(({ paths }) => inFolder(paths.cert) && inFolder(paths.key));
  for (const { paths } of pairs)
    for (const path of [paths.cert, paths.key])
      if (!inFolder(path) && !existsSync(path))
        throw new CommandRefusal(
          `${path}: no such file; ${file} names it, and you have to put it there`,
        );
  if (ours.length === 0) return;
  const authority = await ensureAuthority(config, { clock, progress });
  for (const pair of ours) {
    const reason = reasonToIssue(
      pair.paths,
      { names: pair.names, authority: authority.cert },
      clock.wall(),
    );
    if (reason === undefined) continue;
    if (authority.key === undefined) {
      refuseWithoutKey(pair, reason, { file, folder: tlsFolder(config), progress });
      continue;
    }
    const signer = { cert: authority.cert, key: authority.key };
    refuseDamaged(signer, tlsFolder(config));
    writePair(pair.paths, await issue(signer, pair, clock.wall()), true);
    progress(`${pair.paths.cert}: issued for ${pair.names.join(", ")} (${reason})`);
  }
}

async function ensureAuthority(
  config: Config,
  { clock, progress }: Pick<PrepareOptions, "clock" | "progress">,
): Promise<{ readonly cert: string; readonly key: string | undefined }> {
  const paths = pairPaths(tlsFolder(config), "ca");
  const pair = readPair(paths);
  if (pair !== undefined) return pair;
  // When the authority's certificate exists without the authority's key, the certificate was copied
  // from another machine. That machine issues the certificates.
  const cert = readIfThere(paths.cert);
  if (cert !== undefined) return { cert, key: undefined };
  const fresh = await createAuthority(config.site, clock.wall());
  writePair(paths, fresh, true);
  progress(`${paths.cert}: created the authority; other machines' certificates come from here`);
  return fresh;
}

/** Throws a CommandRefusal when the key of the authority cannot sign. */
function refuseDamaged(signer: KeyPair, folder: string): void {
  const paths = pairPaths(folder, "ca");
  const fault = keyDamage(paths, signer);
  if (fault === undefined) return;
  throw new CommandRefusal(
    `${paths.key}: ${fault}; put it back from a backup, or remove ${folder}, and 'tandem prepare' makes a new authority,\n` +
      "which browsers and the other machines have to trust anew",
  );
}

/**
 * Handles a key and certificate that should be issued again while the authority's key is missing. If the certificate
 * still works, there is only a warning. Otherwise throws, which stops the preparation.
 */
function refuseWithoutKey(
  { paths, name }: WantedPair,
  reason: string,
  { file, folder, progress }: { file: string; folder: string; progress(line: string): void },
): void {
  const advice =
    `this machine has no ${join(folder, "ca.key")}; on the one that has it run\n` +
    `  tandem cert issue ${shellWord(name)} --config ${shellWord(file)} --force\n` +
    `and copy ${paths.cert} and ${paths.key} over`;
  if (/days left|names changed/.test(reason)) progress(`${paths.cert}: ${reason}, but ${advice}`);
  else throw new CommandRefusal(`${paths.cert}: ${reason}, but ${advice}`);
}

function prepareSecret({ appserver }: Config, { progress }: PrepareOptions): void {
  const file = appserver?.sessions.secretFile;
  if (file === undefined || existsSync(file)) return;
  writeAtomically(file, `${randomBytes(32).toString("base64url")}\n`, {
    mode: 0o600,
    replace: false,
  });
  progress(`${file}: created the session secret; every box needs the same one`);
}

/** Migrates the database. All boxes of the file share one database, so migrating it from one box is enough. */
async function prepareDatabase(options: PrepareOptions): Promise<void> {
  const { boxes, executables, file, progress } = options;
  for (const [box, config] of boxes) {
    if (!assignments(config, [box]).some(({ tier }) => tier === "appserver")) continue;
    const { file: program, args } = executables.appserver;
    const words = [...args, "migrate", "--seed", "--config", file, "--box", box];
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] });
    const [out, err] = [collect(child.stdout), collect(child.stderr)];
    // Ctrl-C also ends the migration. This process waits for the migration's end, so that nothing continues in the
    // background.
    const relay = (signal: NodeJS.Signals): void => void child.kill(signal);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, relay);
    const code = await new Promise<number | null>((done, fail) => {
      child.once("error", fail);
      child.once("close", done);
    });
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, relay);
    if (code !== 0)
      throw new CommandRefusal(
        unprepared(err().trim() || `exit code ${code}`, code),
        code === EXIT.config ? EXIT.config : EXIT.failure,
      );
    for (const line of out().trim().split("\n"))
      if (line !== "" && !line.endsWith("nothing to migrate")) progress(line);
    return;
  }
}

/**
 * Returns the message for a database that could not be prepared. If a setting is at fault, the first line names that
 * setting.
 */
function unprepared(words: string, code: number | null): string {
  const { complaint, others } = complaintIn(words.split("\n"), code);
  const head = "the database could not be prepared:";
  if (complaint === undefined) return `${head}\n${words}`;
  return [`${head} ${complaint}`, ...quoted(others)].join("\n");
}

/**
 * Keeps the last 64 Ki characters of a stream, which is enough for a message. The returned function returns these
 * characters.
 */
function collect(stream: NodeJS.ReadableStream): () => string {
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    text = (text + chunk).slice(-65_536);
  });
  return () => text;
}
