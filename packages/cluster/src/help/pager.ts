// Shows a long text: through the program in PAGER if stdout is a terminal and PAGER is set, else on stdout as it is.
import { spawn } from "node:child_process";
import { once } from "node:events";

/** The exit code of a shell that did not find the program. */
const NOT_FOUND = 127;

/** Resolves when the text was written, or when the reader has left the pager. */
export async function showText(text: string): Promise<void> {
  const { PAGER } = process.env;
  const paged =
    process.stdout.isTTY === true &&
    PAGER !== undefined &&
    PAGER !== "" &&
    (await throughPager(PAGER, text));
  if (!paged) process.stdout.write(text);
}

/** Resolves to whether the pager was started. A shell starts it, because PAGER may have arguments. */
async function throughPager(pager: string, text: string): Promise<boolean> {
  // The settings that git gives to less too: a short text is shown at once, and colours are shown as colours.
  const env = { LESS: "FRX", ...process.env };
  const child = spawn("/bin/sh", ["-c", pager], {
    ...{ env, stdio: ["pipe", "inherit", "inherit"] as const },
  });
  // Ctrl-C in the pager belongs to the pager.
  const wait = () => undefined;
  process.on("SIGINT", wait);
  try {
    // When the reader leaves the pager before the end, the rest cannot be written.
    child.stdin.on("error", () => undefined).end(text);
    const [code] = (await once(child, "close")) as [number | null];
    return code !== NOT_FOUND;
  } finally {
    process.off("SIGINT", wait);
  }
}
