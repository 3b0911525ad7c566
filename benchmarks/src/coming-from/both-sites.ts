// Starts a site of examples/coming-from twice, before the same application servers: by the program that its
// configuration was written for, and by Tandem with the translation. Addresses and paths of the files are replaced by
// ones of this machine, and nothing else in them is changed.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { makeCertificate } from "../process/certificate.ts";
import { freePort } from "../process/free-port.ts";
import { Started } from "../process/started.ts";
import { temporaryFolder } from "../process/temporary-folder.ts";
import { AppServer } from "./app-server.ts";
import { ask, HOST, type SiteAddress } from "./site-client.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
export const EXAMPLES = join(ROOT, "examples/coming-from");
const READY_WITHIN_MS = 60_000;
const APPS = {
  web1: "10.0.0.11:3000",
  web2: "10.0.0.12:3000",
  api1: "10.0.0.11:4000",
  api2: "10.0.0.12:4000",
  chat1: "10.0.0.11:5000",
  chat2: "10.0.0.12:5000",
} as const;
export type AppName = keyof typeof APPS;
type Apps = Readonly<Record<AppName, AppServer>>;

/** The free ports and the files of a site that is to be started. */
export interface Place extends SiteAddress {
  /** A folder of the site's own. */
  readonly directory: string;
  readonly cert: string;
  readonly key: string;
  /** The file with the certificate followed by its key. */
  readonly both: string;
  /** The folder of static files. */
  readonly assets: string;
}

/** How the program that the original was written for is started. */
export interface Original {
  readonly program: string;
  /** The file below examples/coming-from. */
  readonly file: string;
  /** Returns what is replaced in the file besides the addresses of the application servers. */
  changes(place: Place): Readonly<Record<string, string>>;
  /** Writes `text`, the file with replacements, to `place.directory`. Returns the command that starts the site. */
  command(place: Place, text: string): readonly string[];
}

/** Replaces each key of `changes` by its value. Throws when a key is not in `text`. */
export function filledIn(
  file: string,
  text: string,
  changes: Readonly<Record<string, string>>,
): string {
  let filled = text;
  for (const [from, to] of Object.entries(changes)) {
    if (!text.includes(from))
      throw new Error(`${file}: '${from}' is not in it, but was to be replaced`);
    filled = filled.replaceAll(from, to);
  }
  return filled;
}

const appChanges = (apps: Apps): Record<string, string> =>
  Object.fromEntries(Object.values(apps).map((app) => [APPS[app.name as AppName], app.address]));

/** A process that serves a site, and where. */
interface RunningSite extends SiteAddress {
  readonly process: Started;
}

export class BothSites implements AsyncDisposable {
  readonly theirs: RunningSite;
  readonly ours: RunningSite;
  readonly apps: Apps;
  readonly #started: AsyncDisposableStack;

  /** Resolves when both answer and have used both servers of `web`. */
  static async start(original: Original): Promise<BothSites> {
    await using started = new AsyncDisposableStack();
    const folder = started.use(temporaryFolder(`coming-from-${original.program}`));
    const apps = await startApps();
    for (const app of Object.values(apps)) started.use(app);
    const theirPlace = await place(join(folder.path, "theirs"), folder.path);
    const ourPlace = await place(join(folder.path, "ours"), folder.path);
    const theirProcess = started.use(await startOriginal(original, theirPlace, apps));
    const ourProcess = started.use(await startTandem(original, ourPlace, apps));
    const theirs = { ...theirPlace, process: theirProcess };
    const ours = { ...ourPlace, process: ourProcess };
    for (const site of [theirs, ours]) await ready(site);
    return new BothSites(theirs, ours, apps, started.move());
  }

  private constructor(
    theirs: RunningSite,
    ours: RunningSite,
    apps: Apps,
    started: AsyncDisposableStack,
  ) {
    this.theirs = theirs;
    this.ours = ours;
    this.apps = apps;
    this.#started = started;
  }

  get both(): readonly [theirs: RunningSite, ours: RunningSite] {
    return [this.theirs, this.ours];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#started.disposeAsync();
  }
}

async function startApps(): Promise<Apps> {
  const names = Object.keys(APPS) as AppName[];
  const apps = await Promise.all(names.map((name) => AppServer.start(name)));
  return Object.fromEntries(apps.map((app) => [app.name, app])) as Record<AppName, AppServer>;
}

/** Makes the folder of one site, with a certificate. Both sites have the static files of `shared`. */
async function place(directory: string, shared: string): Promise<Place> {
  const assets = join(shared, "assets");
  mkdirSync(directory);
  mkdirSync(join(assets, "deep"), { recursive: true });
  writeFileSync(join(assets, "site.css"), "body { color: teal }\n".repeat(20));
  writeFileSync(join(assets, "deep/index.html"), "<title>deep</title>");
  const { cert, key, both } = await makeCertificate(directory, `DNS:${HOST}`);
  return {
    ...{ directory, assets, cert, key, both, ca: readFileSync(cert, "utf8") },
    httpPort: await freePort(),
    httpsPort: await freePort(),
  };
}

async function startOriginal(original: Original, at: Place, apps: Apps): Promise<Started> {
  const text = readFileSync(join(EXAMPLES, original.file), "utf8");
  const changes = { ...original.changes(at), ...appChanges(apps) };
  const command = original.command(at, filledIn(original.file, text, changes));
  return await Started.start(command, { cwd: at.directory, quiet: true });
}

async function startTandem({ file }: Original, at: Place, apps: Apps): Promise<Started> {
  const translated = join(file, "../tandem.yaml");
  const text = readFileSync(join(EXAMPLES, translated), "utf8");
  const served = text.includes("\nwebserver:");
  const changes = {
    ...{ "*:80": `127.0.0.1:${at.httpPort}`, "*:443": `127.0.0.1:${at.httpsPort}` },
    ...{ "/etc/ssl/www.example.com.crt": at.cert, "/etc/ssl/www.example.com.key": at.key },
    ...(served ? { "127.0.0.1:8081": `127.0.0.1:${await freePort()}` } : {}),
    ...(served ? { "/srv/www/assets": at.assets } : {}),
    ...appChanges(apps),
  };
  const own = join(at.directory, "tandem.yaml");
  writeFileSync(own, filledIn(translated, text, changes));
  const program = join(ROOT, "packages/cluster/bin/tandem.ts");
  const command = [process.execPath, program, "up", "--config", own];
  const { NODE_COMPILE_CACHE } = process.env;
  const env = { NODE_COMPILE_CACHE };
  return await Started.start(command, { cwd: at.directory, quiet: true, env });
}

async function ready({ process, ...site }: RunningSite): Promise<void> {
  const seen = new Set<string>();
  const deadline = performance.now() + READY_WITHIN_MS;
  while (seen.size < 2) {
    if (process.ended || performance.now() > deadline)
      throw new Error(
        `the site does not answer. ${process.complaint || "It said nothing of why."}`,
      );
    try {
      const { status, body } = await ask(site, "/");
      if (status === 200) seen.add((JSON.parse(body) as { server: string }).server);
    } catch {
      await sleep(30); // it does not listen yet
    }
  }
}
