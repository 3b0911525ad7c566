// `tandem lab serve`: shows the laboratory's page in the browser, or writes it as one file.
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { Command, InvalidArgumentError } from "commander";
import { OwnPage } from "./own-page.ts";
import { bundlePage } from "./page-bundle.ts";
import { type Parts, singleFile, withOwn } from "./page-parts.ts";
import { servePage } from "./page-server.ts";
import { EXIT, examples } from "./terminal.ts";

const DEFAULT_PORT = 8093;

interface ServeOptions {
  readonly algorithms?: readonly string[];
  readonly port: number;
  readonly open: boolean;
  readonly export?: string;
}

export function serveCommand(): Command {
  return new Command("serve")
    .description("the interactive page: the simulator in your browser, on this machine only")
    .addHelpText(
      "before",
      examples(
        ["serve", "the sandbox, and the laboratory's scenarios"],
        ["serve S4", "begins with that scenario"],
        ["serve mine.json", "a scenario of your own; reload the page after a change"],
        ["serve --algorithms ./mine.ts least-conn", "an algorithm of your own, beside another"],
      ),
    )
    .argument("[scenario]", "number, name, or a .json file")
    .option(
      "--algorithms <names...>",
      "begin with these as A and B; files get into the page's list",
    )
    .option("--port <port>", "port on 127.0.0.1; 0 takes a free one", asPort, DEFAULT_PORT)
    .option("--no-open", "do not open a browser")
    .option(
      "--export <file>",
      "write the page as one self-contained HTML file instead of serving it",
    )
    .addHelpText(
      "after",
      "\nExit code: 0 done, 1 no port or file to write, 2 the scenario or an algorithm is at fault.",
    )
    .action(serve);
}

async function serve(
  scenario: string | undefined,
  { port, open, export: file, algorithms }: ServeOptions,
): Promise<void> {
  const brought = scenario !== undefined || algorithms !== undefined;
  const own = brought
    ? await OwnPage.open({ ...(scenario && { scenario }), ...(algorithms && { algorithms }) })
    : undefined;
  const parts = await bundlePage();
  if (file !== undefined) await exportPage(withOwn(parts, own?.script ?? ""), file);
  else await listen(parts, { port, open, own });
}

async function exportPage(parts: Parts, file: string): Promise<void> {
  const page = singleFile(parts);
  try {
    await writeFile(file, page);
  } catch (error) {
    refuse(`cannot write ${file}: ${messageOf(error)}`);
    return;
  }
  process.stdout.write(
    `${file}: ${Math.round(Buffer.byteLength(page) / 1024)} kB, needs no server\n`,
  );
}

interface Listening extends Pick<ServeOptions, "port" | "open"> {
  readonly own: OwnPage | undefined;
}

async function listen(parts: Parts, { port, open, own }: Listening): Promise<void> {
  try {
    const { url, close } = await servePage(parts, port, own);
    process.stdout.write(`${url}\n`);
    process.stderr.write("Ctrl-C ends it.\n");
    if (open) openBrowser(url);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void close());
  } catch (error) {
    refuse(portRefusal(error, port));
  }
}

function portRefusal(error: unknown, port: number): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE")
    return `port ${port} of 127.0.0.1 is taken; choose another with --port, or --port 0 for a free one`;
  if (code === "EACCES")
    return `port ${port} needs more rights than this user has; choose one from 1024 on with --port`;
  return messageOf(error);
}

function refuse(why: string): void {
  process.stderr.write(`tandem lab serve: ${why}\n`);
  process.exitCode = EXIT.failure;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function asPort(text: string): number {
  const port = Number(text);
  if (text.trim() === "" || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError("A port is a whole number from 0 to 65535.");
  return port;
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: "open",
  linux: "xdg-open",
};

/** Opens the browser. A failure is ignored, because the address has already been printed. */
function openBrowser(url: string): void {
  const opener = OPENERS[process.platform];
  if (opener === undefined || !process.stdout.isTTY) return;
  const child = spawn(opener, [url], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}
