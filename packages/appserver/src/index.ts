// The application tier: hosts an application and gives it a database, sessions, its configuration and a log.
export { type Application, loadApplication, type SeedContext } from "./application.ts";
export { type Appserver, type AppserverOptions, createAppserver } from "./appserver.ts";
export { checkAppserver } from "./check.ts";
export type { AppContext } from "./context.ts";
export type { BigInteger, Database, DatabaseConfig, DatabaseKind } from "./database/database.ts";
export { type MigrationReport, migrate } from "./database/migrate.ts";
export { openDatabase } from "./database/open-database.ts";
export { isOutcomeUnknown } from "./database/outcome.ts";
export { isDatabaseAway } from "./database/unavailable.ts";
export { ensureSessionSecret } from "./sessions/secret.ts";
export { SessionStoreError } from "./sessions/store.ts";
