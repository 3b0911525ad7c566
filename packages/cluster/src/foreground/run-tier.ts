// Runs the tier of `tandem proxy` or `tandem serve` as a child process, from a configuration in a private temporary
// folder. The tier reads the file only at its start, so the folder is removed as soon as the tier is ready. So nothing
// is left behind, even when this process is killed; the tier then notices that it is alone, drains and ends.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@tandem/transport";
import { complaintIn, quoted } from "../complaint.ts";
import type { Command } from "../executables.ts";
import { type Exit, ProcessHandle } from "../process-handle.ts";
import { CommandRefusal } from "../refusal.ts";
import { START_LIMIT_MS } from "../start-limit.ts";

/** How many milliseconds the tier may take to end, which is more than its drain deadline of 10 s. */
const DRAIN_MS = 12_000;

export interface TierOptions {
  readonly tier: "balancer" | "webserver";
  readonly executable: Command;
  /** The text of the configuration file. */
  readonly text: string;
  /** Called with each line that the tier writes to stdout. */
  onOutput(line: string): void;
  /** What to do when the tier has ended by itself, beside starting it again. */
  readonly advice?: string;
  /** Called when the tier does not answer any more, and when it answers again. */
  onSilent(silent: boolean): void;
}

export class RunningTier {
  readonly #tier: string;
  readonly #advice: string;
  readonly #handle: ProcessHandle;
  readonly #folder: string;
  #ending = false;

  /** Starts the process at once. Throws a CommandRefusal when the temporary folder cannot be written. */
  constructor({ tier, executable, text, advice = "", onOutput, onSilent }: TierOptions) {
    this.#tier = tier;
    this.#advice = advice;
    this.#folder = writtenFolder(text, tier);
    const args = [...executable.args, "--config", join(this.#folder, "tandem.yaml")];
    this.#handle = new ProcessHandle({
      ...{ command: { file: executable.file, args }, clock: systemClock, readyMs: START_LIMIT_MS },
      ...{ onOutput, onSilent },
    });
  }

  /** The address where the tier listens, such as `http://127.0.0.1:8080`. */
  get address(): string {
    return this.#handle.addresses[0] ?? "";
  }

  get pid(): number | undefined {
    return this.#handle.pid;
  }

  /** Whether the tier was asked to end. */
  get ending(): boolean {
    return this.#ending;
  }

  /**
   * Resolves to true when the tier serves, and to false when it was asked to end before. Rejects with a
   * CommandRefusal when it did not start.
   */
  async ready(): Promise<boolean> {
    const ready = await this.#handle.ready;
    this.#removeFolder();
    if (ready) return true;
    const exit = await this.#handle.exited;
    if (this.#ending) return false;
    throw new CommandRefusal(this.#failure(`the ${this.#tier} did not start: ${exit.words}`, exit));
  }

  /**
   * Resolves when the tier has ended because it was asked to. Rejects with a CommandRefusal when it ended by
   * itself or was killed.
   */
  async ended(): Promise<void> {
    const exit = await this.#handle.exited;
    if (this.#ending) return;
    throw new CommandRefusal(
      `${this.#failure(`the ${this.#tier} (process ${this.pid}) ended by itself: ${exit.words}`, exit)}\n` +
        `start again${this.#advice}`,
    );
  }

  /** Lets running requests finish, and ends the tier. The second call kills it. Returns which of the two it was. */
  end(): "drains" | "killed" {
    if (this.#ending) {
      this.#handle.kill();
      this.#removeFolder();
      return "killed";
    }
    this.#ending = true;
    this.#handle.drain();
    const limit = systemClock.after(DRAIN_MS, () => this.#handle.kill());
    void this.#handle.exited.then(() => limit.cancel());
    return "drains";
  }

  #removeFolder(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #failure(head: string, { code }: Exit): string {
    const lines = this.#handle.lastLines.filter((line) => line.trim() !== "");
    const { complaint, others } = complaintIn(lines, code);
    return [head, ...(complaint === undefined ? [] : [complaint]), ...quoted(others)].join("\n");
  }
}

function writtenFolder(text: string, tier: string): string {
  const parent = tmpdir();
  try {
    const folder = mkdtempSync(join(parent, `tandem-${tier}-`)); // mkdtemp makes it with mode 0700
    writeFileSync(join(folder, "tandem.yaml"), text, { mode: 0o600 });
    return folder;
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    throw new CommandRefusal(
      `${parent}: cannot write the ${tier}'s configuration there (${why});\n` +
        "make room, or choose another folder with the variable TMPDIR",
    );
  }
}
