// The new `tandem up` of an upgrade, in its conversation with the old one that started it.
import { CommandRefusal } from "../refusal.ts";
import { type FromNew, isMessage, PREDECESSOR } from "./messages.ts";

export class Predecessor {
  /** The process id of the old supervisor. */
  readonly pid: number;
  /** Rejects when the old supervisor has ended before it has left its place. */
  readonly gone: Promise<never>;
  #tookOver = false;

  /** Returns the supervisor that this process is to succeed; undefined when it was started in any other way. */
  static find(environment: NodeJS.ProcessEnv = process.env): Predecessor | undefined {
    const pid = Number(environment[PREDECESSOR]);
    delete environment[PREDECESSOR]; // the tiers are not to find it
    // A process that something else has started with this variable has another parent.
    return pid === process.ppid && process.connected ? new Predecessor(pid) : undefined;
  }

  private constructor(pid: number) {
    this.pid = pid;
    this.gone = new Promise<never>((_, reject) => {
      process.once("disconnect", () =>
        reject(new CommandRefusal(`process ${pid}, which asked for the upgrade, has ended`)),
      );
    });
    this.gone.catch(() => undefined);
    process.channel?.unref(); // the channel alone does not keep this process running
  }

  /** Whether this process has taken the place of the old one. */
  get tookOver(): boolean {
    return this.#tookOver;
  }

  /**
   * Says that the tiers of this process are ready. Resolves when the old supervisor leaves its place to this process, and
   * rejects when the old one ends before.
   */
  async ready(): Promise<void> {
    const taking = new Promise<void>((resolve) => {
      const listen = (message: unknown): void => {
        if (!isMessage(message, "take")) return;
        process.off("message", listen);
        resolve();
      };
      process.on("message", listen);
    });
    this.#tell({ type: "ready" });
    await Promise.race([taking, this.gone]);
    this.#tookOver = true;
  }

  /** Says that the run files name this process now. The old supervisor then drains. */
  taken(): void {
    this.#tell({ type: "taken" });
  }

  /** Says why this process cannot take the place of the old one. */
  failed(words: string): void {
    if (!this.#tookOver) this.#tell({ type: "failed", words });
  }

  #tell(message: FromNew): void {
    if (process.connected) process.send?.(message, () => undefined);
  }
}
