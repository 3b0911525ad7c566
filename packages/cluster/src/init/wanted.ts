// What `tandem init` is told: the words of its flags, which its questions give too, and what they mean.
import { isIP } from "node:net";
import { dirname, isAbsolute, relative, resolve } from "node:path";
import { CommandRefusal, EXIT } from "../refusal.ts";

/** The answers as they are typed. An answer that is undefined was not given. */
export interface Words {
  readonly site?: string | undefined;
  readonly boxes?: string | undefined;
  readonly addresses?: string | undefined;
  readonly app?: string | undefined;
  readonly database?: string | undefined;
  readonly static?: string | undefined;
  readonly https?: boolean | undefined;
}

export type App =
  | { readonly kind: "port"; readonly port: number }
  | { readonly kind: "folder"; readonly folder: string }
  | { readonly kind: "none" };

/** The site to describe. Folders are relative to the folder of the file. */
export interface Wanted {
  readonly site: string;
  /** The addresses of the two boxes; undefined for one box. */
  readonly addresses: readonly [string, string] | undefined;
  readonly app: App;
  /** The URL of the database; undefined without an application in a folder. */
  readonly database: string | undefined;
  /** The folder of static files; undefined for none. */
  readonly assets: string | undefined;
  readonly https: boolean;
}

/** What `--yes` takes for an answer that was not given. */
export const DEFAULTS = {
  site: "localhost",
  boxes: "one",
  addresses: "127.0.0.1,127.0.0.1",
  app: "3000",
  database: "sqlite:.tandem/site.db",
  static: "none",
} as const satisfies Words;

/** Returns the refusal of an answer: the flag, what was found, and what was expected. */
function wrong(flag: keyof Words, found: string, expected: string): CommandRefusal {
  return new CommandRefusal(`--${flag}: found '${found}', ${expected}`, EXIT.config);
}

/** Whether both boxes are this machine, so that the second one needs ports of its own. */
export function sameMachine([one, other]: readonly [string, string]): boolean {
  return one === other || [one, other].every((address) => /^(127\.|localhost$|::1$)/.test(address));
}

/** Whether the site is for two machines, of which each gets its own `--box`. */
export function twoMachines({ addresses }: Pick<Wanted, "addresses">): boolean {
  return addresses !== undefined && !sameMachine(addresses);
}

/** Returns what the words mean. `out` is the file to write. Throws a CommandRefusal for an answer that is wrong. */
export function wantedOf(words: Words, out: string): Wanted {
  const { site, boxes, app: program, database: url, static: folder } = withDefaults(words);
  const addresses = addressesOf(boxes, words.addresses);
  const app = appOf(program, out);
  const assets = folder === "none" ? undefined : fromFile(folder, out);
  if (app.kind === "none" && assets === undefined)
    throw wrong("static", folder, "expected a folder: with --app none there is nothing else");
  if (app.kind !== "folder" && words.database !== undefined)
    // The message must not repeat the word, because it may be a URL with a password.
    throw new CommandRefusal(
      "--database: only an application in a folder (--app FOLDER) gets a database; leave this out",
      EXIT.config,
    );
  const database = app.kind === "folder" ? databaseOf(url, out) : undefined;
  if (database?.startsWith("sqlite:") && twoMachines({ addresses }))
    throw wrong(
      "database",
      url,
      "but two machines would each have data of their own; expected mysql://USER:PASSWORD@HOST/NAME",
    );
  return { site, addresses, app, database, assets, https: words.https ?? false };
}

function withDefaults({ site, boxes, app, database, static: folder }: Words) {
  return {
    site: site ?? DEFAULTS.site,
    boxes: boxes ?? DEFAULTS.boxes,
    app: app ?? DEFAULTS.app,
    database: database ?? DEFAULTS.database,
    static: folder ?? DEFAULTS.static,
  };
}

function addressesOf(boxes: string, given: string | undefined): Wanted["addresses"] {
  if (boxes !== "one" && boxes !== "two") throw wrong("boxes", boxes, "expected one or two");
  if (boxes === "one") {
    if (given === undefined) return undefined;
    throw wrong("addresses", given, "but there is one box; add --boxes two");
  }
  const pair = given ?? DEFAULTS.addresses;
  const [one = "", other = "", ...more] = pair.split(",").map((address) => address.trim());
  if (one === "" || other === "" || more.length > 0)
    throw wrong("addresses", pair, "expected two with a comma between: 10.0.0.1,10.0.0.2");
  return [one, other];
}

function appOf(word: string, out: string): App {
  if (word === "none") return { kind: "none" };
  if (word === "") throw wrong("app", word, "expected a port, a folder, or none");
  if (!/^:?\d+$/.test(word)) return { kind: "folder", folder: fromFile(word, out) };
  const port = Number(word.replace(":", ""));
  // The second program of two boxes on one machine has the next port.
  if (port < 1 || port > 65_534) throw wrong("app", word, "expected a port from 1 to 65534");
  return { kind: "port", port };
}

function databaseOf(word: string, out: string): string {
  if (word === "sqlite") return DEFAULTS.database;
  const path = /^sqlite:(?!:memory:$)(.+)$/.exec(word)?.[1];
  if (path !== undefined)
    return word === DEFAULTS.database ? word : `sqlite:${fromFile(path, out)}`;
  const parts = URL.parse(word);
  if (parts?.protocol === "mysql:" && parts.hostname !== "" && parts.pathname.length > 1)
    return word;
  // Not repeated either.
  throw new CommandRefusal(
    "--database: expected sqlite, sqlite:PATH or mysql://USER:PASSWORD@HOST/NAME",
    EXIT.config,
  );
}

/** Returns a path as it has to be written in the file, where relative paths start at the folder of the file. */
function fromFile(path: string, out: string): string {
  if (isAbsolute(path)) return path;
  return relative(resolve(dirname(out)), resolve(path)) || ".";
}

/** Returns `host:port`, with brackets around an address of IPv6. */
export function hostPort(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}
