// Finds the URL of the database in the section `appserver.database`. A URL with a part that would
// have no effect, such as an option after `?`, is refused.
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { absoluteDatabaseUrl } from "@tandem/config/database-url";
import type { DatabaseConfig } from "./database.ts";

const EXPECTED = `"sqlite:PATH" or "mysql://user:password@host:port/database"`;
const DEFAULT_PORT = 3306;

/**
 * Returns the configured URL, or the URL in the file that `urlFile` names. Errors name the setting and say how to
 * correct it.
 */
export function databaseUrl(config: DatabaseConfig): string {
  if (config.urlFile === undefined) {
    if (config.url !== undefined) return config.url;
    throw new Error("appserver.database: expected exactly one of 'url' and 'urlFile'");
  }
  let text: string;
  try {
    text = readFileSync(config.urlFile, "utf8").trim();
  } catch (error) {
    throw new Error(
      `appserver.database.urlFile: cannot read ${config.urlFile} (${String(error)}); write the database URL into it`,
    );
  }
  if (/^(sqlite:.+|(mysql|mariadb):\/\/.+)$/.test(text))
    return absoluteDatabaseUrl(text, dirname(config.urlFile));
  throw new Error(
    `appserver.database.urlFile: ${config.urlFile} holds no database URL; expected ${EXPECTED}`,
  );
}

/** The parts of a server's URL. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Parses a `mysql:` URL. Errors name the invalid part, but never the password. */
export function parseServerUrl(text: string): ServerAddress {
  if (!URL.canParse(text)) throw refused(`it is no URL; expected ${EXPECTED}`);
  const { hostname, port, username, password, pathname, searchParams, hash } = new URL(text);
  const [option] = searchParams.keys();
  if (option !== undefined) {
    throw refused(
      `unknown option '${option}'; the URL takes none ('pool' and 'connectTimeout' are keys beside it), and a '?' in the password is written %3F`,
    );
  }
  if (hash !== "")
    throw refused("the text after '#' has no meaning; a '#' in the password is written %23");
  const database = decoded(pathname.slice(1));
  if (database === "" || database.includes("/")) {
    throw refused(`it names no database; expected ${EXPECTED}`);
  }
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? DEFAULT_PORT : Number(port),
    user: decoded(username),
    password: decoded(password),
    database,
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw refused("it has a '%' that begins no escape; in the password it is written %25");
  }
}

/**
 * Returns the path in a `sqlite:` URL. Throws when the URL has options, because they would become part of the file's
 * name.
 */
export function parseFileUrl(text: string): string {
  const path = text.slice("sqlite:".length);
  if (!/[?#]/.test(path)) return path;
  throw refused(
    `'${path}' has a '?' or '#' in it; the URL takes no options, expected "sqlite:PATH"`,
  );
}

function refused(why: string): Error {
  return new Error(`appserver.database: the database URL cannot be used: ${why}`);
}
