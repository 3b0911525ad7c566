// Brings a database to the schema that the code expects: first the appserver's own tables, then the application's. Two
// boxes may migrate at the same time. Then a lock makes the second box wait, and afterwards the second box finds
// nothing left to do.
import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import type { Application } from "../application.ts";
import { sessionMigrations } from "../sessions/database-store.ts";
import type { Database } from "./database.ts";

/** The result of `migrate`. */
export interface MigrationReport {
  readonly database: string;
  /** The names of the migrations that were applied now, in their order. */
  readonly applied: readonly string[];
  /** The names of migrations that newer code has applied and this code does not know. `migrate` leaves them applied. */
  readonly ahead: readonly string[];
  /** How many rows the application's seed wrote, per table; empty when the seed had nothing to do. */
  readonly seeded: Readonly<Record<string, number>>;
}

/** The difference between the migrations that are applied in a database and the migrations of the code. */
export interface SchemaState {
  /** The names of the migrations that have not been applied yet. */
  readonly pending: readonly string[];
  /**
   * The names of applied migrations that the code does not know, for example because the code was rolled back to an
   * older release and the database was not.
   */
  readonly ahead: readonly string[];
}

/**
 * Applies every pending migration and, if asked, the application's seed. When a migration fails, rejects with an error
 * that names the migration.
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

/**
 * Compares the migrations that are applied in the database with the migrations of the code. Rejects when the database
 * cannot be reached.
 */
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
 * Returns the message for a failed migration. SQLite undoes a failed migration as a whole. MySQL commits after each
 * change of a table, so the changes that a migration made before its failure remain.
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
 * Returns the migrations of the appserver itself and of the application. Each of the two lists its applied migrations
 * in a table of its own, so both may number their migrations from 0001.
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
  // Kysely refuses a database with an applied migration that is missing from the list given to Kysely. So each unknown
  // migration is added to the list with an empty function, which Kysely never calls.
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
  // Kysely never calls this function, because the unknown migrations are applied already.
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
