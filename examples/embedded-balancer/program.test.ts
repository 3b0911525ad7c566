// Runs the example as a program, and checks that the pages show nothing else than its files.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import t from "tap";
import { startApp } from "./app.ts";
import { until } from "./until.ts";

t.test("the program runs, drains and ends", async (t) => {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  const file = fileURLToPath(new URL("main.ts", import.meta.url));
  const program = spawn(process.execPath, [file], {
    env: { PATH, HOME, NODE_COMPILE_CACHE },
  });
  t.teardown(() => program.kill("SIGKILL"));
  const exited = once(program, "exit");
  const lines: string[] = [];
  program.stdout.on("data", (chunk) => void lines.push(String(chunk)));
  program.stderr.on("data", (chunk) => void lines.push(String(chunk)));
  await until(() => lines.some((line) => /^http:\S+\/ answers/.test(line)));
  const [url = ""] = /^http:\S+/.exec(lines.join("")) ?? [];
  t.match(
    await (await fetch(url, { headers: { Authorization: "Bearer secret" } })).text(),
    /for ada$/,
  );
  program.kill("SIGTERM");
  t.same(await exited, [0, null], lines.join(""));
});

t.test("the shortest program balances, here on a free port", async (t) => {
  const app = await startApp("one");
  t.teardown(() => app.close());
  const text = readFileSync(new URL("first.ts", import.meta.url), "utf8")
    .replace("127.0.0.1:8080", "127.0.0.1:0")
    .replace(/localhost:300\d/g, `127.0.0.1:${app.port}`);
  const script = `${text}\nconsole.log(balancer.url());`;
  const { PATH, HOME } = process.env;
  const program = spawn(process.execPath, ["--input-type=module-typescript", "--eval", script], {
    cwd: new URL(".", import.meta.url),
    env: { PATH, HOME },
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.teardown(() => program.kill("SIGKILL"));
  const [line] = (await once(program.stdout, "data")) as [Buffer];
  t.equal(await (await fetch(String(line).trim())).text(), "one / for nobody");
});

const root = new URL("../../", import.meta.url);
const squeezed = (text: string) => text.replaceAll(/\s+/g, " ").trim();

t.test("every example of the two pages is one of these files, word for word", async (t) => {
  const files = globSync("*.ts", { cwd: new URL(".", import.meta.url) });
  const code = files.map((file) => squeezed(readFileSync(new URL(file, import.meta.url), "utf8")));
  let examples = 0;
  for (const page of ["docs/library.md", "docs/coming-from-http-proxy.md", "README.md"]) {
    const text = readFileSync(new URL(page, root), "utf8");
    for (const [, language = "", example = ""] of text.matchAll(/^```(\w+)\n(.*?)^```$/gms)) {
      if (!/^(ts|js|typescript|javascript)$/.test(language)) continue;
      examples += 1;
      const known = code.some((file) => file.includes(squeezed(example)));
      t.ok(known, `${page}: ${example.split("\n")[0]}`, { example });
    }
  }
  t.ok(examples >= 7, `${examples} examples were found`);
});
