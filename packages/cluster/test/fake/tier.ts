// A fake tier that does only what its supervisor can see. The file `$FAKE_DIR/TIER-BOX` holds one word that chooses how
// this tier behaves; without the file, the word is "ok". The file is read at each start. Events are appended to
// `$FAKE_DIR/events`.
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [tier = "", ...rest] = process.argv.slice(2);
const box = rest[rest.indexOf("--box") + 1] ?? "";
const folder = process.env.FAKE_DIR ?? "";

function behaviour(): string {
  try {
    return readFileSync(join(folder, `${tier}-${box}`), "utf8").trim();
  } catch {
    return "ok";
  }
}

const happened = (what: string): void =>
  appendFileSync(join(folder, "events"), `${what} ${tier} ${process.pid}\n`);

function leave(why: string): void {
  happened(why);
  process.exit(0);
}

const mode = behaviour();
happened("start");
const alive = setInterval(() => undefined, 60_000);
process.on("SIGTERM", () => (mode === "hang" ? happened("ignored") : leave("term")));
process.on("SIGHUP", () => {
  happened("hup");
  const ok = mode !== "hang";
  const words = ok ? ["backends.web.balance.algorithm: first → random"] : ["port 1 is in use"];
  process.send?.({ type: "reloaded", ok, words, addresses: [`https://127.0.0.1:2/${tier}`] });
});
process.on("message", (message: { readonly type?: unknown }) => {
  if (message.type === "replaced") leave("replaced");
});
process.on("disconnect", () => leave("orphaned"));

const ready = (): boolean =>
  process.send?.({ type: "ready", addresses: [`https://127.0.0.1:1/${tier}`] }) ?? false;
const acts: Readonly<Record<string, () => unknown>> = {
  ok: ready,
  hang: ready,
  mute: () => undefined,
  slow: () => setTimeout(ready, 300),
  exit2: () => {
    process.stderr.write("tandem.yaml:3:1  no such thing\n");
    process.exit(2);
  },
  crash: () => {
    process.stderr.write("the roof is on fire\n");
    process.exit(7);
  },
};
acts[mode]?.();
alive.ref();
