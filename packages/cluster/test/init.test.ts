// Tests of `tandem init`: what it refuses, what it never overwrites, the file for every combination of answers, and the
// questions on a terminal.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { loadConfig, parseConfig } from "@tandem/config";
import t, { type Test } from "tap";
import { validate } from "../src/init/fault.ts";
import { fileText } from "../src/init/file.ts";
import { type Words, wantedOf } from "../src/init/wanted.ts";
import { EXIT } from "../src/refusal.ts";
import { environment } from "./environment.ts";
import { hasTerminals, onTerminal, tandem } from "./terminal.ts";

const noTerminals = hasTerminals ? {} : { skip: "script (Debian: bsdutils) is not installed" };

t.test("without a terminal the missing flags are named", async (t) => {
  const cwd = t.testdir();
  const init = (...words: readonly string[]) => tandem(["init", ...words], { cwd });
  const missing = (words: readonly string[], ...flags: readonly string[]) => {
    const { status, stderr } = init(...words);
    t.equal(status, EXIT.config, words.join(" "));
    t.same(
      stderr.match(/^ {2}--\w+/gm)?.map((flag) => flag.trim()),
      flags,
    );
    t.match(stderr, /no terminal to ask on.*\n(.*\n)+.*--yes/);
  };
  missing([], "--site", "--boxes", "--app");
  missing(["--site", "a.test", "--boxes", "one", "--app", "app"], "--database");
  missing(["--site", "a.test", "--boxes", "one", "--app", "none"], "--static");
  missing(["--app", "3000", "--boxes", "two"], "--site");
  t.throws(() => statSync(join(cwd, "tandem.yaml")), "nothing was written");
});

t.test("a wrong answer is told with its flag", async (t) => {
  const cwd = t.testdir();
  const refused: readonly (readonly [words: readonly string[], message: RegExp])[] = [
    [["--site", "https://a.test/"], /^--site: .*host name.*a\.test/s],
    [["--boxes", "three"], /^--boxes: found 'three', expected one or two/],
    [["--addresses", "10.0.0.1,10.0.0.2"], /^--addresses: .*there is one box; add --boxes two/],
    [["--boxes", "two", "--addresses", "10.0.0.1"], /^--addresses: .*expected two with a comma/],
    [["--boxes", "two", "--addresses", "10.0.0.1,not an address"], /^--addresses: /],
    [["--app", "70000"], /^--app: found '70000', expected a port/],
    [["--app", "0"], /^--app: found '0', expected a port/],
    [["--app", "none"], /^--static: .*--app none/],
    [["--app", "app", "--database", "postgres://u:secret@h/n"], /^--database: expected sqlite/],
    [["--app", "app", "--database", "mysql://u:secret@"], /^--database: /],
    [["--app", "3000", "--database", "mysql://u:secret@h/n"], /^--database: only an application/],
    [
      ["--app", "app", "--boxes", "two", "--addresses", "10.0.0.1,10.0.0.2"],
      /^--database: .*two machines would each have data of their own; expected mysql/,
    ],
  ];
  for (const [words, message] of refused) {
    const { status, stderr } = tandem(["init", "--yes", ...words], { cwd });
    t.equal(status, EXIT.config, words.join(" "));
    t.match(stderr, message);
    t.notMatch(stderr, "secret");
  }
  t.throws(() => statSync(join(cwd, "tandem.yaml")), "nothing was written");
});

t.test("a file that exists is left alone", async (t) => {
  const cwd = t.testdir({ "tandem.yaml": "mine\n", other: {} });
  const init = (...words: readonly string[]) => tandem(["init", "--yes", ...words], { cwd });
  t.match(init(), {
    status: EXIT.failure,
    stderr: /tandem\.yaml exists already and was left alone; --force replaces it, --out FILE/,
  });
  t.equal(readFileSync(join(cwd, "tandem.yaml"), "utf8"), "mine\n");
  symlinkSync("nowhere.yaml", join(cwd, "link.yaml"));
  t.match(init("--out", "link.yaml"), { status: EXIT.failure, stderr: /exists already/ });
  t.match(init("--out", "none/a.yaml"), {
    status: EXIT.failure,
    stderr: /the folder none does not exist; create it with: mkdir -p none/,
  });
  t.match(init("--out", "other", "--force"), { status: EXIT.failure, stderr: /cannot be written/ });
  t.equal(init("--force").status, 0);
  t.match(readFileSync(join(cwd, "tandem.yaml"), "utf8"), /^site: localhost$/m);
});

t.test("every combination is valid and has only what was asked for", async (t) => {
  const apps: readonly Words[] = [
    { app: "3000" },
    { app: "app", database: "sqlite" },
    { app: "app", database: "mysql://user:word@10.0.0.9/site" },
    { app: "none", static: "static" },
  ];
  const places: readonly Words[] = [
    { boxes: "one" },
    { boxes: "two" },
    { boxes: "two", addresses: "10.0.0.1,10.0.0.2" },
    { boxes: "two", addresses: "fd00::1,fd00::2" },
  ];
  let files = 0;
  for (const app of apps)
    for (const place of places)
      for (const more of [
        {},
        { static: "static" },
        { https: true },
        { static: "s", https: true },
      ]) {
        const words: Words = { site: "a.test", ...app, ...place, ...more };
        if (words.database === "sqlite" && words.addresses !== undefined) continue;
        const text = fileText(wantedOf(words, "tandem.yaml"));
        const says = JSON.stringify(words);
        t.doesNotThrow(() => validate(text, "tandem.yaml"), says);
        const config = parseConfig(text, "tandem.yaml");
        t.equal(config.webserver !== undefined, words.static !== undefined, says);
        t.equal(config.appserver !== undefined, words.database !== undefined, says);
        t.equal(text.includes("certificates:"), words.https === true, says);
        t.equal(text.includes("redirect:"), words.https === true, says);
        t.notMatch(text, /\bundefined\b|\s$(?!\n?$)/m, says);
        for (const line of text.split("\n")) t.ok(line.length <= 120, line);
        files += 1;
      }
  t.ok(files > 40, "combinations were tried");
});

const ODD = ["a: b #$", "{HOME}"].join(""); // a variable, if it is not escaped

t.test("names that YAML or variables would misread", async (t) => {
  const cwd = t.testdir({ [ODD]: {}, sub: {} });
  const init = (...words: readonly string[]) => tandem(["init", "--yes", ...words], { cwd });
  t.equal(init("--app", "none", "--static", ODD).status, 0);
  const absent = init("--app", "/nope", "--static", "none-yet", "--out", "absent.yaml");
  t.match(absent, {
    status: 0,
    stderr: /^--app: there is no folder \/nope yet.*\n--static: .* none-yet yet/,
  });
  const config = loadConfig(join(cwd, "tandem.yaml"));
  t.equal(config.webserver?.locations[0]?.root, join(cwd, ODD));
  t.equal(init("--app", "none", "--static", "sub", "--out", "sub/x.yaml").status, 0);
  const inside = loadConfig(join(cwd, "sub/x.yaml"));
  t.equal(inside.webserver?.locations[0]?.root, join(cwd, "sub"), "from the folder of the file");
});

t.test("a file with a password is its owner's alone", async (t) => {
  const cwd = t.testdir({ "tandem.yaml": "" });
  const words = ["--app", "app", "--database", "mysql://u:p%40$%7Bx@h/n", "--force"];
  const made = tandem(["init", "--yes", ...words], { cwd });
  t.equal(made.status, 0, made.stderr);
  t.match(made.stderr, /password in it; only you may read it/);
  t.equal(statSync(join(cwd, "tandem.yaml")).mode & 0o777, 0o600);
});

t.test("a write that fails leaves no file, and the file that was there", async (t) => {
  const cwd = t.testdir({ "kept.yaml": "mine\n" });
  chmodSync(join(cwd, "kept.yaml"), 0o640);
  symlinkSync("kept.yaml", join(cwd, "link.yaml"));
  const script = join(import.meta.dirname, "../bin/tandem.ts");
  const limited = (...words: readonly string[]) =>
    spawnSync(
      "bash",
      ["-c", 'ulimit -f 0; exec "$@"', "bash", process.execPath, script, "init", "--yes", ...words],
      {
        ...{
          cwd,
          encoding: "utf8",
          timeout: 60_000,
          env: { ...environment(cwd), NODE_COMPILE_CACHE: undefined },
        },
      },
    );
  t.match(limited("--out", "new.yaml"), {
    status: 1,
    stderr: /^new\.yaml: cannot be written: EFBIG/,
  });
  t.match(limited("--out", "kept.yaml", "--force"), { status: 1, stderr: /kept\.yaml: cannot be/ });
  t.same(readdirSync(cwd).toSorted(), ["kept.yaml", "link.yaml"]);
  t.equal(readFileSync(join(cwd, "kept.yaml"), "utf8"), "mine\n");

  t.equal(tandem(["init", "--yes", "--out", "link.yaml", "--force"], { cwd }).status, 0);
  t.match(readFileSync(join(cwd, "kept.yaml"), "utf8"), /^site: localhost$/m, "through the link");
  t.ok(lstatSync(join(cwd, "link.yaml")).isSymbolicLink());
  t.equal(statSync(join(cwd, "kept.yaml")).mode & 0o777, 0o640);
  t.equal(tandem(["init", "--yes", "--out", "/dev/null", "--force"], { cwd }).status, 0);
  t.ok(statSync("/dev/null").isCharacterDevice());
});

t.test("a site without a name of its own is open to this machine alone", async (t) => {
  const binds = (words: Words) => {
    const config = parseConfig(fileText(wantedOf(words, "tandem.yaml")), "tandem.yaml");
    return Object.values(config.balancer?.frontends ?? {}).map(({ bind }) => bind.host);
  };
  t.same(binds({}), ["127.0.0.1"]);
  t.same(binds({ https: true, boxes: "two" }), ["127.0.0.1", "127.0.0.1"]);
  t.same(binds({ site: "shop.localhost" }), ["127.0.0.1"]);
  t.same(binds({ site: "a.test" }), [undefined]);
  t.same(binds({ boxes: "two", addresses: "10.0.0.1,10.0.0.2" }), [undefined], "two machines");
});

t.test("prepare and check accept an application on two boxes", async (t) => {
  const cwd = t.testdir({
    app: {
      "index.ts": "export const app = async () => {};\nexport const migrations = () => ({});\n",
    },
    static: {},
  });
  const words = ["--site", "a.test", "--boxes", "two", "--app", "app", "--database", "sqlite"];
  const made = tandem(["init", ...words, "--static", "static", "--https"], { cwd });
  t.equal(made.status, 0, made.stderr);
  t.match(made.stdout, /^tandem\.yaml written\. Next:\n.* prepare .*\n.* check .*\n.* up /);
  t.equal(tandem(["check", "--no-files"], { cwd }).status, 0);
  const prepared = tandem(["prepare"], { cwd });
  t.equal(prepared.status, 0, prepared.stderr);
  const checked = tandem(["check"], { cwd });
  t.equal(checked.status, 0, checked.stderr);
});

t.test("the file for a program on a port runs", async (t) => {
  const program = createServer((_, response) => response.end("from the program"));
  program.listen(0, "127.0.0.1");
  await once(program, "listening");
  t.teardown(() => {
    program.closeAllConnections();
    program.close();
  });
  const { port } = program.address() as AddressInfo;
  const cwd = t.testdir();
  t.equal(tandem(["init", "--yes", "--app", String(port)], { cwd }).status, 0);
  const file = join(cwd, "tandem.yaml");
  const text = readFileSync(file, "utf8");
  writeFileSync(
    file,
    text.replace("127.0.0.1:8080", "127.0.0.1:0").replace("127.0.0.1:8404", "127.0.0.1:0"),
  );
  const [url, stop] = await startUp(t, cwd);
  t.equal(await (await fetch(url)).text(), "from the program");
  await stop();
});

/** Starts `tandem up` in the folder. Returns the first URL that it prints, and what ends it. */
async function startUp(t: Test, cwd: string) {
  const script = join(import.meta.dirname, "../bin/tandem.ts");
  const child = spawn(process.execPath, [script, "up"], {
    ...{ cwd, env: environment(cwd), stdio: ["ignore", "pipe", "inherit"] },
  });
  t.teardown(() => child.kill("SIGTERM"));
  const [, url = ""] = await shown(child, /(http:\/\/127\.0\.0\.1:[1-9]\d+)\s/);
  const stop = async () => {
    child.kill("SIGTERM");
    t.same(await once(child, "exit"), [0, null]);
  };
  return [url, stop] as const;
}

/** Resolves to the match when what `child` prints from now on matches. */
async function shown(child: ChildProcess, wanted: RegExp): Promise<RegExpExecArray> {
  let said = "";
  const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
  const read = (chunk: Buffer) => {
    said += stripVTControlCharacters(chunk.toString());
    const match = wanted.exec(said);
    if (match !== null) resolve(match);
  };
  const ended = () => reject(new Error(`ended before ${wanted}: ${said}`));
  child.stdout?.on("data", read);
  child.on("exit", ended);
  try {
    return await promise;
  } finally {
    child.stdout?.off("data", read);
    child.off("exit", ended);
  }
}

const ESCAPE = String.fromCharCode(27);
const ENTER = "\r";
const DOWN = `${ESCAPE}[B`;
const CTRL_C = "\u0003";
const CTRL_D = "\u0004";

/** Answers the questions of `tandem init` on a terminal, one after the other. Resolves to the exit code. */
async function converse(
  cwd: string,
  words: readonly string[],
  answers: readonly (readonly [question: RegExp, keys: string])[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly said: string }> {
  const [file, args] = onTerminal(["init", ...words]);
  const child = spawn(file, args, {
    ...{ cwd, stdio: ["pipe", "pipe", "inherit"] },
    env: { ...environment(cwd), TERM: "xterm", ...env },
  });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk;
  });
  const ended = once(child, "close");
  for (const [question, keys] of answers) {
    await shown(child, question);
    child.stdin.write(keys);
  }
  const [code] = (await ended) as [number];
  return { code, said };
}

t.test("on a terminal it asks for what no flag says", noTerminals, async (t) => {
  const cwd = t.testdir();
  const { code, said } = await converse(
    cwd,
    ["--boxes", "one", "--static", "none"],
    [
      [/host name of the site/, `not/a/host${ENTER}`],
      [/--site: /, `${"\u007f".repeat(10)}a.test${ENTER}`],
      [/Which application/, `${DOWN}${ENTER}`],
      [/Which folder/, ENTER],
      [/Which database/, ENTER],
      [/HTTPS/, `y`],
    ],
  );
  t.equal(code, 0, said);
  t.match(stripVTControlCharacters(said), /tandem\.yaml written/);
  const config = loadConfig(join(cwd, "tandem.yaml"));
  t.match(config, { site: "a.test", appserver: { app: join(cwd, "app") } });
  t.equal(Object.keys(config.balancer?.frontends ?? {}).join(), "http,https");
  t.equal(config.webserver, undefined);
});

t.test("Ctrl-C at a question writes nothing, and NO_COLOR holds", noTerminals, async (t) => {
  const cwd = t.testdir();
  mkdirSync(join(cwd, "empty"));
  const given = await converse(cwd, [], [[/host name of the site/, CTRL_C]], { NO_COLOR: "1" });
  t.equal(given.code, EXIT.interrupted, given.said);
  t.match(given.said, /nothing was written/);
  // The questions move the cursor, but no sequence sets a colour.
  const sequences = given.said.split(ESCAPE).slice(1);
  t.same(
    sequences.filter((one) => /^\[(3|4|9|10)\d(;\d+)*m/.test(one)),
    [],
  );
  t.throws(() => statSync(join(cwd, "tandem.yaml")));
  const wrong = await converse(cwd, ["--boxes", "three"], []);
  t.equal(wrong.code, EXIT.config, "a wrong flag is told before anything is asked");
  t.notMatch(wrong.said, "host name of the site");
});

t.test("Ctrl-D at a question, of each kind, writes nothing either", noTerminals, async (t) => {
  const cwd = t.testdir();
  const typed = await converse(cwd, [], [[/host name of the site/, CTRL_D]]);
  t.equal(typed.code, EXIT.interrupted, typed.said);
  t.match(typed.said, /nothing was written/);
  const chosen = await converse(cwd, ["--site", "a.test"], [[/How many boxes/, CTRL_D]]);
  t.equal(chosen.code, EXIT.interrupted, chosen.said);
  const flags = ["--site", "a.test", "--boxes", "one", "--app", "none", "--static", "static"];
  const confirmed = await converse(cwd, flags, [[/HTTPS/, CTRL_D]]);
  t.equal(confirmed.code, EXIT.interrupted, confirmed.said);
  t.throws(() => statSync(join(cwd, "tandem.yaml")));
});
