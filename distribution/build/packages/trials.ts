// What is run on the installed packages, on each Node that they are for.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import type { Consumer } from "./consumer.ts";
import { readmeFile } from "./consumer.ts";
import { PACKAGES } from "./table.ts";

/** How long a program may take, far longer than any takes on a busy machine. */
const LONGEST_MS = 120_000;

/** Runs something with the executable `node`. Rejects when it does not work. */
type Trial = (consumer: Consumer, node: string) => Promise<void>;

/** The trials by what they show. */
export const TRIALS: Readonly<Record<string, Trial>> = {
  "the documents' examples as modules": program("module/embedded.test.js"),
  "the documents' examples as CommonJS": program("commonjs/embedded.test.js"),
  "every library by require": program("required.cjs"),
  "the embedded balancer drains at SIGTERM": drains,
  ...Object.fromEntries(
    Object.entries(PACKAGES)
      .filter(([, { bin }]) => bin === undefined)
      .map(([name]) => [`README of ${name}`, program(`module/${readmeFile(name)}.js`)]),
  ),
  "tandem --version": program("node_modules/tandem/bin/tandem.js", "--version"),
  "tandem up before an application": commandServes,
};

function program(file: string, ...args: readonly string[]): Trial {
  return async ({ folder }, node) => {
    const { status, signal, stdout, stderr } = spawnSync(node, [file, ...args], {
      ...{ cwd: folder, env: environment(node), encoding: "utf8", timeout: LONGEST_MS },
    });
    if (status !== 0)
      throw new Error(`${file} ended with ${status ?? signal}:\n${stdout}${stderr}`);
    if (stderr !== "") throw new Error(`${file} warned:\n${stderr}`);
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
