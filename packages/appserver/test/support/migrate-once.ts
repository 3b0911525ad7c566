// A process that migrates and seeds a database for an application. Its first argument is the URL of the database, its
// second argument the path of the application.
import { systemClock } from "@tandem/transport";
import { loadApplication, migrate, openDatabase } from "../../src/index.ts";

const [url = "", app = ""] = process.argv.slice(2);
const database = await openDatabase(
  { url, pool: 4, connectTimeout: 30_000 },
  { queryTimeoutMs: 0 },
);
const report = await migrate(database, await loadApplication(app, systemClock), {
  seed: true,
  now: 0,
});
await database.close();
process.stdout.write(JSON.stringify(report));
