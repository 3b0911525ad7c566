// Runs a real MariaDB in a folder of its own, on a port of its own. A test can stop it and start it again.
import { type ChildProcess, execFileSync } from "node:child_process";
import { userInfo } from "node:os";
import { join } from "node:path";
import { accepting, end, environment, freePort, freeze, start } from "./process.ts";

export interface Mariadb {
  /** Creates an empty database with this name, runs the statement `more` as root, and returns the database's URL. */
  create(database: string, more?: string): string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Makes the server keep its connections open but answer nothing, like a machine whose cable was cut. */
  freeze(): Promise<void>;
  thaw(): void;
  readonly port: number;
}

/** Creates the system tables in `folder` and starts the server, with the options `more` besides its own. */
export async function startMariadb(folder: string, more: readonly string[] = []): Promise<Mariadb> {
  const { username } = userInfo();
  const data = join(folder, "data");
  // A starting server deletes every temporary table in this folder, also those of other servers.
  const ownTemporaryTables = `--tmpdir=${folder}`;
  execFileSync(
    "mariadb-install-db",
    [
      "--no-defaults",
      `--datadir=${data}`,
      ownTemporaryTables,
      `--user=${username}`,
      "--auth-root-authentication-method=normal",
      "--skip-test-db",
    ],
    { stdio: "pipe", env: environment() },
  );
  const port = await freePort();
  const socket = join(folder, "s");
  let child: ChildProcess | undefined;
  const server: Mariadb = {
    port,
    create(database, further = "") {
      const statement = `create database \`${database}\` character set utf8mb4; ${further}`;
      execFileSync("mariadb", ["--no-defaults", `--socket=${socket}`, "-uroot", "-e", statement], {
        env: environment(),
      });
      return `mysql://root@127.0.0.1:${port}/${database}`;
    },
    async start() {
      const started = start("mariadbd", [
        "--no-defaults",
        `--datadir=${data}`,
        ownTemporaryTables,
        `--user=${username}`,
        `--port=${port}`,
        "--bind-address=127.0.0.1",
        `--socket=${socket}`,
        `--pid-file=${join(folder, "pid")}`,
        "--skip-name-resolve",
        "--innodb-buffer-pool-size=16M",
        "--innodb-flush-log-at-trx-commit=0",
        ...more,
      ]);
      child = started;
      await accepting(port, started);
    },
    freeze: async () => child && (await freeze(child)),
    thaw: () => void child?.kill("SIGCONT"),
    async stop() {
      if (child !== undefined) await end(child);
    },
  };
  await server.start();
  return server;
}
