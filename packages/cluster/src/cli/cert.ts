// tandem cert: creates the internal authority, issues certificates and shows them.

import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Config, loadConfig } from "@tandem/config";
import { palette } from "@tandem/telemetry/colors";
import { systemClock } from "@tandem/transport";
import { Command } from "commander";
import { createAuthority } from "../certificates/authority.ts";
import { pairPaths, writeAtomically, writePair } from "../certificates/files.ts";
import { type CertificateReport, inspect, readPair } from "../certificates/inspect.ts";
import { issue, type LeafRequest } from "../certificates/issue.ts";
import { boxNames, siteNames } from "../certificates/names.ts";
import { tlsFolder } from "../certificates/wanted.ts";
import { CommandRefusal } from "../refusal.ts";
import { claimOf, refuseForeign } from "../state-owner.ts";
import { examples, siteFile, withConfigOption } from "./options.ts";
import { print, printJson } from "./terminal.ts";

interface CertOptions {
  readonly config?: string;
  readonly dir?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly san?: readonly string[];
}

export function certCommand(): Command {
  const shared = (command: Command): Command =>
    withConfigOption(command).option(
      "--dir <folder>",
      "where the files are (default: tls in the state folder)",
    );
  const cert = new Command("cert")
    .description("the internal authority and the certificates it issues")
    .addHelpText(
      "before",
      examples(
        ["cert ca", "create the authority, once per site"],
        ["cert issue box2", "for a box: server and client, names from the file"],
        ["cert issue box2 --san 10.0.0.2 --force", "again, with one more name"],
        ["cert issue site", "the certificate that browsers see"],
        ["cert ticket-keys", "the secret of TLS session tickets, for balancer.ticketKeys"],
        ["cert show", "every certificate and its days left"],
      ),
    );
  shared(cert.command("ca").description("create the authority (RSA 2048, 10 years)"))
    .option("--force", "replace it; all certificates it issued become invalid")
    .action(createCa);
  shared(cert.command("issue").description("issue a certificate (397 days) for a box or the site"))
    .argument("<name>", "a box, or 'site' (or the site's host name)")
    .option("--san <names...>", "further host names and addresses")
    .option("--force", "replace the files that are there")
    .action(issueLeaf);
  withConfigOption(cert.command("ticket-keys"))
    .description("write the secret of TLS session tickets that balancer.ticketKeys names")
    .option("--force", "replace it; each client makes one full handshake")
    .action(makeTicketKeys);
  shared(cert.command("show").description("subject, names, days left, issuer, fingerprint"))
    .argument("[file]", "one certificate (default: all in the folder)")
    .option("--json", "report as JSON")
    .action(show);
  return cert;
}

/** Returns the folder of the certificates. `load` is called only when no folder was named. */
function folderOf({ dir }: CertOptions, load: () => Config): string {
  return dir ?? tlsFolder(load());
}

/**
 * Loads the configuration file for a command that writes certificates. Throws a CommandRefusal when the state folder
 * belongs to another site.
 */
function loadToWrite({ config: file = siteFile(), dir }: CertOptions): Config {
  const config = loadConfig(file);
  if (dir === undefined) refuseForeign(claimOf(config, file));
  return config;
}

async function createCa(options: CertOptions): Promise<void> {
  const config = loadToWrite(options);
  const paths = pairPaths(
    folderOf(options, () => config),
    "ca",
  );
  if (options.force !== true) refuseExisting(paths.cert);
  writePair(paths, await createAuthority(config.site, systemClock.wall()), options.force === true);
  describe(inspect(paths.cert, systemClock.wall()));
}

async function issueLeaf(name: string, options: CertOptions): Promise<void> {
  const config = loadToWrite(options);
  const folder = folderOf(options, () => config);
  const authority = readPair(pairPaths(folder, "ca"));
  if (authority === undefined)
    throw new CommandRefusal(
      `${folder}: no authority (ca.crt and ca.key) here; 'tandem cert ca' creates one,\n` +
        "or run this on the machine that has it and copy the result over",
    );
  const { file, ...request } = leafRequest(config, name, options.san ?? []);
  const paths = pairPaths(folder, file);
  if (options.force !== true) refuseExisting(paths.cert);
  const pair = await issue(authority, request, systemClock.wall());
  writePair(paths, pair, options.force === true);
  describe(inspect(paths.cert, systemClock.wall()));
}

/**
 * Writes a random secret of 48 bytes to the file that `balancer.ticketKeys` names. Running balancers read the file again
 * when it is replaced.
 */
function makeTicketKeys({ config: file = siteFile(), force = false }: CertOptions): void {
  const { balancer } = loadConfig(file);
  if (balancer?.ticketKeys === undefined)
    throw new CommandRefusal(
      `${file}: balancer.ticketKeys names no file; add it, such as 'ticketKeys: /etc/tandem/ticket.keys'`,
    );
  const secret = `${randomBytes(48).toString("base64")}\n`;
  writeAtomically(balancer.ticketKeys, secret, { mode: 0o600, replace: force });
  print(`${balancer.ticketKeys}: a new secret; balancers that share it need the same file`);
}

function leafRequest(
  config: Config,
  name: string,
  more: readonly string[],
): LeafRequest & { readonly file: string } {
  if (name === "site" || name === config.site) {
    const names = [...new Set([...siteNames(config.site), ...more])];
    return { file: "site", name: config.site, names, use: "site" };
  }
  const boxes = Object.keys(config.cluster.boxes);
  if (!boxes.includes(name))
    throw new CommandRefusal(
      `'${name}' is neither 'site' nor a box; cluster.boxes has ${boxes.join(", ") || "none"}`,
    );
  return {
    file: name,
    name,
    names: [...new Set([...boxNames(config, name), ...more])],
    use: "box",
  };
}

/**
 * Throws when the certificate at `path` exists already. This is checked before a key is made, because making a key
 * takes seconds.
 */
function refuseExisting(path: string): void {
  try {
    inspect(path, systemClock.wall());
  } catch {
    return;
  }
  throw new CommandRefusal(`${path} exists already and was left alone; --force replaces it`);
}

function show(file: string | undefined, options: CertOptions): void {
  const files =
    file === undefined
      ? certificatesIn(folderOf(options, () => loadConfig(options.config ?? siteFile())))
      : [file];
  const reports = files.map((path) => inspect(path, systemClock.wall()));
  if (options.json) printJson(reports);
  else for (const one of reports) describe(one);
}

function certificatesIn(folder: string): readonly string[] {
  let names: readonly string[] = [];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".crt"));
  } catch {
    // The folder does not exist, so it holds no certificates.
  }
  if (names.length === 0)
    throw new CommandRefusal(`${folder}: no certificates; 'tandem prepare' creates them`);
  return [...names].sort().map((name) => join(folder, name));
}

function describe(certificate: CertificateReport): void {
  const { bold } = palette();
  const { daysLeft, notAfter } = certificate;
  const expiry = daysLeft < 0 ? `EXPIRED ${-daysLeft} days ago` : `${daysLeft} days left`;
  print(
    [
      bold(certificate.file),
      `  subject      ${certificate.subject}${certificate.authority ? "  (authority)" : ""}`,
      ...(certificate.authority ? [] : [`  names        ${certificate.names.join(", ")}`]),
      `  expires      ${notAfter.slice(0, 10)}, ${expiry}`,
      `  issuer       ${certificate.issuer}`,
      `  fingerprint  ${certificate.fingerprint}`,
    ].join("\n"),
  );
}
