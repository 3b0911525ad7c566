// Brings a database to the schema the code expects: the host's own tables first, then the
// application's. Two boxes may start this at once; the lock makes the second wait and find nothing to do.
import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import type { Application } from "../application.ts";
import { sessionMigrations } from "../sessions/database-store.ts";
import type { Database } from "./database.ts";

/** What `migrate` did. */
export interface MigrationReport {
  readonly database: string;
  /** Names of the migrations that ran now, in order. */
  readonly applied: readonly string[];
  /** Rows put in place by the application's seed, per table; empty when there was nothing to do. */
  readonly seeded: Readonly<Record<string, number>>;
}

/** Applies every pending migration and, when asked, the application's seed. Rejects with the failed one's name. */
export async function migrate(
  database: Database,
  application: Application,
  options: { readonly seed: boolean; readonly now: number },
): Promise<MigrationReport> {
  return database.exclusively(async () => {
    const applied: string[] = [];
    for (const migrator of migrators(database, application)) {
      const { error, results = [] } = await migrator.migrateToLatest();
      const failed = results.find((result) => result.status === "Error");
      if (error !== undefined) {
        throw new Error(`migration ${failed?.migrationName ?? "of the database"} failed`, {
          cause: error,
        });
      }
      applied.push(...results.map((result) => result.migrationName));
    }
    const seeded =
      options.seed && application.seed !== undefined
        ? await application.seed({
            database: database.kysely,
            kind: database.kind,
            now: options.now,
          })
        : {};
    return { database: database.where, applied, seeded };
  });
}

/** Names of the migrations not yet applied. Rejects while the database is away. */
export async function pendingMigrations(
  database: Database,
  application: Application,
): Promise<string[]> {
  const pending: string[] = [];
  for (const migrator of migrators(database, application)) {
    for (const { name, executedAt } of await migrator.getMigrations()) {
      if (executedAt === undefined) pending.push(name);
    }
  }
  return pending;
}

// Each owner keeps a table of its own, so that neither has to know where the other's numbers stand.
function migrators(database: Database, application: Application): Migrator[] {
  const { kysely, kind } = database;
  return [
    migrator(kysely, "tandem", sessionMigrations()),
    migrator(kysely, "app", application.migrations?.(kind) ?? {}),
  ];
}

function migrator(
  db: Kysely<unknown>,
  owner: string,
  migrations: Record<string, Migration>,
): Migrator {
  return new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    migrationTableName: `${owner}_migration`,
    migrationLockTableName: `${owner}_migration_lock`,
  });
}
