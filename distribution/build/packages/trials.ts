// What is run on the installed packages, on each Node that they are for.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, dirname, join } from "node:path";
import { type Consumer, readmeFile } from "./consumer.ts";
import { OLDEST_NODE, OLDEST_NODE_OF_THE_COMMAND, PACKAGES } from "./table.ts";

/** How long a program may take, far longer than any takes on a busy machine. */
const LONGEST_MS = 120_000;

/** Runs something with the executable `node`. Rejects when it does not work. */
type Run = (consumer: Consumer, node: string) => Promise<void>;

interface Trial {
  readonly run: Run;
  /** The oldest Node that it is for. */
  readonly node: string;
}

const OF_THE_LIBRARIES: Readonly<Record<string, Run>> = {
  "the documents' examples as modules": program("module/embedded.test.js"),
  "the documents' examples as CommonJS": program("commonjs/embedded.test.js"),
  "every library by require": program("required.cjs"),
  "TLS by its default settings": program("--no-warnings", "tls.cjs"),
  "the embedded balancer drains at SIGTERM": drains,
  ...Object.fromEntries(
    Object.entries(PACKAGES)
      .filter(([, { bin }]) => bin === undefined)
      .map(([name]) => [`README of ${name}`, program(`module/${readmeFile(name)}.js`)]),
  ),
};
const OF_THE_COMMAND: Readonly<Record<string, Run>> = {
  "tandem --version": program("node_modules/tandem/bin/tandem.js", "--version"),
  "tandem up before an application": commandServes,
  "tandem with an algorithm in TypeScript": checksModule,
  "tandem with an application on SQLite": migrates,
};

/** The trials by what they show. */
export const TRIALS: Readonly<Record<string, Trial>> = {
  ...trials(OF_THE_LIBRARIES, OLDEST_NODE),
  ...trials(OF_THE_COMMAND, OLDEST_NODE_OF_THE_COMMAND),
};

function trials(runs: Readonly<Record<string, Run>>, node: string): Record<string, Trial> {
  return Object.fromEntries(Object.entries(runs).map(([what, run]) => [what, { run, node }]));
}

function program(...words: readonly string[]): Run {
  return async ({ folder }, node) => {
    const { status, signal, stdout, stderr } = spawnSync(node, words, {
      ...{ cwd: folder, env: environment(node), encoding: "utf8", timeout: LONGEST_MS },
    });
    if (status !== 0)
      throw new Error(`${words.join(" ")} ended with ${status ?? signal}:\n${stdout}${stderr}`);
    if (stderr !== "") throw new Error(`${words.join(" ")} warned:\n${stderr}`);
  };
}

async function drains({ folder }: Consumer, node: string): Promise<void> {
  const child = spawn(node, ["module/main.js"], { cwd: folder, env: environment(node) });
  const url = await urlFrom(child);
  const answer = await fetch(url, { headers: { Authorization: "Bearer secret" } });
  if (!/for ada$/.test(await answer.text())) throw new Error(`${url} answered ${answer.status}`);
  await ends(child);
}

async function commandServes({ folder }: Consumer, node: string): Promise<void> {
  const server = createServer((_, response) => response.end("the application"));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const config = `site: up.test
balancer:
  threads: 2
  frontends: { web: { bind: "127.0.0.1:0", routes: [{ backend: app }] } }
  backends: { app: { servers: { one: { address: "127.0.0.1:${port}" } } } }
`;
  writeFileSync(join(folder, "up.yaml"), config);
  const words = ["up", "--config", "up.yaml"];
  const child = spawn("node_modules/.bin/tandem", words, { cwd: folder, env: environment(node) });
  try {
    const answer = await fetch(await urlFrom(child));
    if ((await answer.text()) !== "the application")
      throw new Error(`it answered ${answer.status}`);
    await ends(child);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function checksModule(consumer: Consumer, node: string): Promise<void> {
  const config = `site: x
balancer:
  threads: 1
  frontends: { web: { bind: "127.0.0.1:0", routes: [{ backend: app }] } }
  backends:
    app:
      balance: { algorithm: module, module: module/warm-first.ts }
      servers: { one: { address: "127.0.0.1:9" } }
`;
  writeFileSync(join(consumer.folder, "module.yaml"), config);
  const words = ["node_modules/tandem/bin/tandem.js", "balancer", "--config", "module.yaml"];
  const child = spawn(node, words, {
    ...{ cwd: consumer.folder, env: environment(node), stdio: ["ignore", "ignore", "pipe", "ipc"] },
  });
  await readyOrEnded(child);
  await ends(child);
}

async function migrates(consumer: Consumer, node: string): Promise<void> {
  const config = `site: x
appserver:
  app: app.mjs
  bind: 127.0.0.1:0
  database: { url: "sqlite:${basename(dirname(node))}.db" }
  sessions: { secretFile: app.key }
`;
  writeFileSync(join(consumer.folder, "app.mjs"), "export const app = async () => {};\n");
  writeFileSync(join(consumer.folder, "app.yaml"), config);
  const words = ["appserver", "migrate", "--config", "app.yaml"];
  await program("--no-warnings", "node_modules/tandem/bin/tandem.js", ...words)(consumer, node);
}

/** Resolves when a tier is ready. Rejects when it ends before that. */
async function readyOrEnded(child: ChildProcess): Promise<void> {
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    complaint += chunk;
  });
  await new Promise<void>((resolve, reject) => {
    child.once("message", () => resolve());
    child.once("exit", () => reject(new Error(`it ended:\n${complaint}`)));
  });
}

/** Resolves to the first URL that a program prints. Rejects when it ends before that. */
async function urlFrom(child: ChildProcess): Promise<string> {
  let said = "";
  const found = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (chunk: string) => {
        said += chunk;
        const [url] = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(said) ?? [];
        if (url !== undefined) resolve(url);
      });
    child.once("exit", () => reject(new Error(`it ended:\n${said}`)));
    child.once("error", reject);
  });
  return await found;
}

async function ends(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const [code, signal] = await ended;
  if (code !== 0) throw new Error(`it ended with ${code ?? signal} after SIGTERM, expected 0`);
}

/** The environment of an installed program: its Node comes first, and nothing leads back to the repository. */
function environment(node: string): Record<string, string> {
  return { PATH: `${dirname(node)}:/usr/bin:/bin`, HOME: "/nonexistent" };
}
