// A service that writes to stdout when it starts, drains and stops. The first argument chooses the service's behaviour.
import { once } from "node:events";
import { runService, type Service } from "../src/index.ts";

const [how] = process.argv.slice(2);
const say = (word: string): void => void process.stdout.write(`${word}\n`);

const service: Service = {
  name: "fixture",
  async start() {
    if (how === "fail") throw new Error("port taken");
    say("start");
    const open = setInterval(() => undefined, 1000);
    if (how === "crash") {
      setTimeout(() => {
        throw new Error("came apart");
      }, 100);
    }
    process.once("exit", () => clearInterval(open));
  },
  async drain(_deadlineMs, replaced) {
    say(replaced === true ? "drain, replaced" : "drain");
    if (how === "hang") await new Promise(() => undefined);
    // The drain lasts until the test has seen what was told about it.
    if (how === "reloads") await once(process, "message");
  },
  async stop() {
    say("stop");
  },
};

await runService(service, {
  drainMs: 1000,
  sharePorts: how === "shares-orphan",
  logger: { info: () => undefined, error: () => undefined },
  addresses: () => ["test://"],
  ...(how === "reloads" && {
    reload: async () => ({ ok: false, words: ["line 1\n  line 2", "and why"] }),
  }),
  close: async () => say("close"),
});
