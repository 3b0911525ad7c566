// `tandem lab advise` on a terminal: it asks for what it does not know, asks again after an answer that says nothing, and
// Ctrl-C and Ctrl-D end it.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import t, { type Test } from "tap";

t.setTimeout(240_000); // when this file is run alone, tap allows it 30 s

const LAB = fileURLToPath(new URL("../bin/tandem-lab.ts", import.meta.url));
const hasTerminals = spawnSync("script", ["--version"]).error === undefined;
const noTerminals = hasTerminals ? {} : { skip: "script (Debian: bsdutils) is not installed" };
const QUICK = "--run-length 1s --seeds 5";

class Terminal {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  #text = "";
  #read = 0;

  constructor(t: Test, words: string) {
    const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
    const line = `stty cols 100 rows 40; exec ${process.execPath} ${LAB} advise ${words}`;
    this.child = spawn("script", ["-qec", line, "/dev/null"], {
      env: { PATH, HOME, NODE_COMPILE_CACHE, TERM: "xterm" },
      stdio: "pipe",
    });
    this.child.stdout?.on("data", (chunk) => {
      this.#text += stripVTControlCharacters(String(chunk));
    });
    const { promise, resolve } = Promise.withResolvers<number | null>();
    this.child.on("close", resolve);
    this.ended = promise;
    t.teardown(() => this.child.kill("SIGKILL"));
  }

  /** Resolves when the terminal shows this, after what was waited for before. */
  async shows(words: string): Promise<void> {
    for (;;) {
      const at = this.#text.indexOf(words, this.#read);
      if (at >= 0) {
        this.#read = at + words.length;
        return;
      }
      if (this.child.exitCode !== null) throw new Error(`no '${words}' in:\n${this.#text}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  type(keys: string): void {
    this.child.stdin?.write(keys);
  }

  get text(): string {
    return this.#text;
  }
}

t.test("every question is asked, and a wrong answer again", noTerminals, async (t) => {
  const terminal = new Terminal(t, QUICK);
  await terminal.shows("How fast is each server?");
  terminal.type("1 fast\r");
  await terminal.shows("expected numbers above 0, one for each server");
  terminal.type("\u0015"); // Ctrl-U empties the line
  terminal.type("1 2\r");
  await terminal.shows("How many requests does each work on at once?");
  terminal.type("4\r");
  await terminal.shows("How many requests per second");
  terminal.type("100\r");
  await terminal.shows("How long does a request take");
  terminal.type("10\r");
  await terminal.shows("And the slowest one in a hundred?");
  terminal.type("\r");
  t.equal(await terminal.ended, 0, terminal.text);
  t.match(terminal.text, /2 servers, 100 requests\/s/);
  t.match(terminal.text, /speeds +1, 2 +you said/);
  t.match(terminal.text, /work +lognormal mean 10 sigma 1 +you said; spread assumed/);
});

t.test("only what is missing is asked", noTerminals, async (t) => {
  const terminal = new Terminal(t, `--servers 2 --workers 4 --mean 10ms ${QUICK}`);
  await terminal.shows("How many requests per second");
  terminal.type("100\r");
  t.equal(await terminal.ended, 0, terminal.text);
  t.notMatch(terminal.text, "How fast is each server?");
});

for (const [name, key] of [
  ["Ctrl-C", "\u0003"],
  ["Ctrl-D", "\u0004"],
] as const)
  t.test(`${name} at a question ends it`, noTerminals, async (t) => {
    const terminal = new Terminal(t, QUICK);
    await terminal.shows("How fast is each server?");
    terminal.type(key);
    t.equal(await terminal.ended, 130, terminal.text);
    t.match(terminal.text, "nothing was simulated");
    t.notMatch(terminal.text, "ranking");
  });
