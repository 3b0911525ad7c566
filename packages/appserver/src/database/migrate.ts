// Brings a database to the schema that the code expects: the host's own tables first, then the application's. Two
// boxes may migrate at once: the lock makes the second wait, and it then finds nothing to do.
import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import type { Application } from "../application.ts";
import { sessionMigrations } from "../sessions/database-store.ts";
import type { Database } from "./database.ts";

/** The result of `migrate`. */
export interface MigrationReport {
  readonly database: string;
  /** Names of the migrations that were applied now, in order. */
  readonly applied: readonly string[];
  /** Names of migrations that newer code has applied and this code does not know. They are left as they are. */
  readonly ahead: readonly string[];
  /** Rows that the application's seed wrote, per table; empty when the seed had nothing to do. */
  readonly seeded: Readonly<Record<string, number>>;
}

/** The difference between a database and the code. */
export interface SchemaState {
  /** Names of the migrations not yet applied. */
  readonly pending: readonly string[];
  /**
   * Names of applied migrations that the code does not know, because the code was rolled back and the database was
   * not.
   */
  readonly ahead: readonly string[];
}

/**
 * Applies every pending migration and, when asked, the application's seed. Rejects with the name of a migration
 * that fails.
 */
export async function migrate(
  database: Database,
  application: Application,
  options: { readonly seed: boolean; readonly now: number },
): Promise<MigrationReport> {
  return database.exclusively(async () => {
    const { kysely, kind, where } = database;
    const applied: string[] = [];
    for (const { migrator } of await owners(database, application)) {
      const { error, results = [] } = await migrator.migrateToLatest();
      if (error !== undefined) {
        const failed = results.find((result) => result.status === "Error");
        throw new Error(failure(kind, failed?.migrationName), { cause: error });
      }
      applied.push(...results.map((result) => result.migrationName));
    }
    const { ahead } = await schemaState(database, application);
    const seeded =
      options.seed && application.seed !== undefined
        ? await application.seed({ database: kysely, kind, now: options.now })
        : {};
    return { database: where, applied, ahead, seeded };
  });
}

/** Compares the database with the code. Rejects while the database is away. */
export async function schemaState(
  database: Database,
  application: Application,
): Promise<SchemaState> {
  const pending: string[] = [];
  const ahead: string[] = [];
  for (const { migrator, unknown } of await owners(database, application)) {
    ahead.push(...unknown);
    for (const { name, executedAt } of await migrator.getMigrations()) {
      if (executedAt === undefined) pending.push(name);
    }
  }
  return { pending, ahead };
}

/**
 * SQLite undoes a failed migration as a whole. MySQL commits before each change of a table, so earlier changes
 * stay.
 */
function failure(kind: Database["kind"], name = "of the database"): string {
  return kind === "sqlite"
    ? `migration ${name} failed; nothing of it was kept`
    : `migration ${name} failed; tables it had changed before stay changed: undo that by hand, or let it begin by looking, before it runs again`;
}

interface Owner {
  readonly migrator: Migrator;
  readonly unknown: readonly string[];
}

/**
 * The host and the application each keep a table of their own, so that the numbers of one do not depend on the
 * other's.
 */
async function owners(database: Database, application: Application): Promise<Owner[]> {
  const { kysely, kind } = database;
  return [
    await owner(kysely, "tandem", sessionMigrations()),
    await owner(kysely, "app", application.migrations?.(kind) ?? {}),
  ];
}

async function owner(
  db: Kysely<unknown>,
  name: string,
  known: Record<string, Migration>,
): Promise<Owner> {
  const table = `${name}_migration`;
  const unknown = (await executed(db, table)).filter(
    (migration) => !Object.hasOwn(known, migration),
  );
  // Kysely refuses a database with migrations that it does not know. So each unknown one gets an entry that counts
  // as applied; Kysely never undoes it.
  const done = unknown.map((migration): [string, Migration] => [migration, { up: nothing }]);
  const migrations = { ...known, ...Object.fromEntries(done) };
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    migrationTableName: table,
    migrationLockTableName: `${table}_lock`,
  });
  return { migrator, unknown };
}

async function nothing(): Promise<void> {
  // Never called, because the migration has been applied already.
}

async function executed(db: Kysely<unknown>, table: string): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === table)) return [];
  const rows = await (db as Kysely<Record<string, { name: string }>>)
    .selectFrom(table)
    .select("name")
    .orderBy("name")
    .execute();
  return rows.map(({ name }) => name);
}
