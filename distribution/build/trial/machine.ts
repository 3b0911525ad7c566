// A Debian with systemd that runs in a container (systemd-nspawn). It has the network of the trial, so a page of it is
// asked for at 127.0.0.1.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** How long a state may take to come, far longer than any takes on a busy machine. */
const LONGEST_MS = 120_000;

export interface Result {
  readonly status: number;
  /** What it wrote to stdout and stderr. */
  readonly said: string;
}

export class Machine {
  readonly root: string;
  readonly #container: ChildProcess;
  #said = "";

  private constructor(root: string, container: ChildProcess) {
    this.root = root;
    this.#container = container;
    for (const stream of [container.stdout, container.stderr])
      stream?.setEncoding("utf8").on("data", (chunk: string) => {
        this.#said += chunk;
      });
  }

  /** Starts systemd in the folder `root`. Rejects with the messages of the container when it ends before all is up. */
  static async boot(root: string): Promise<Machine> {
    const options = ["--boot", "--register=no", "--console=pipe"];
    const network = `--network-namespace-path=/proc/${process.pid}/ns/net`;
    // Where the host has no systemd, the container has to stay in the control group of this process.
    const unit = existsSync("/run/systemd/system") ? [] : ["--keep-unit"];
    const container = spawn("systemd-nspawn", ["-D", root, ...options, ...unit, network], {
      stdio: ["ignore", "pipe", "pipe"],
      // The network is the machine's own, so it may set the network's kernel variables, as a real machine does.
      env: { ...process.env, SYSTEMD_NSPAWN_API_VFS_WRITABLE: "network" },
    });
    const machine = new Machine(root, container);
    const ended = once(container, "exit").then(([code, signal]) => {
      throw new Error(`systemd-nspawn ended with ${code ?? signal}: ${machine.#said.trim()}`);
    });
    const up = machine.until("systemd is up", async () => {
      const { said } = await machine.attempt("systemctl", "is-system-running");
      if (said.trim() === "degraded")
        throw new Error((await machine.attempt("systemctl", "--failed")).said);
      return said.trim() === "running";
    });
    await Promise.race([up, ended]);
    ended.catch(() => undefined); // it ends when it is powered off
    return machine;
  }

  /** Runs a command in the machine. Resolves to what it wrote. Rejects when it fails. */
  async run(...words: readonly string[]): Promise<string> {
    const { status, said } = await this.attempt(...words);
    if (status !== 0) throw new Error(`${words.join(" ")} ended with ${status}: ${said}`);
    return said;
  }

  /** Runs a command in the machine, whether it fails or not. */
  attempt(...words: readonly string[]): Promise<Result> {
    const clean = [
      "env",
      "-i",
      "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
      "DEBIAN_FRONTEND=noninteractive",
    ];
    const inside = ["-t", `${this.#leader()}`, "-a", "--wd", ...clean, ...words];
    return new Promise((resolve) => {
      execFile("nsenter", inside, { encoding: "utf8" }, (error, stdout, stderr) => {
        const status = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        resolve({ status, said: `${stdout}${stderr}` });
      });
    });
  }

  /** Returns the value of a property of a unit, such as MainPID. */
  async property(unit: string, name: string): Promise<string> {
    return (await this.run("systemctl", "show", "--value", `--property=${name}`, unit)).trim();
  }

  /** Resolves when `condition` holds. Rejects when it does not in time. */
  async until(what: string, condition: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + LONGEST_MS;
    while (!(await condition())) {
      if (performance.now() > deadline)
        throw new Error(`waited ${LONGEST_MS / 1000} s in vain until ${what}\n${this.#said}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  path(...parts: readonly string[]): string {
    return join(this.root, ...parts);
  }

  async powerOff(): Promise<void> {
    const exit = once(this.#container, "exit");
    await this.attempt("systemctl", "poweroff");
    await exit;
  }

  /** The first process of the machine, which is the only child of systemd-nspawn; 0 while there is none. */
  #leader(): number {
    const { pid } = this.#container;
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8"));
  }
}
