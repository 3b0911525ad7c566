// Asks for pages, as a visitor on this machine does.
import type { request } from "node:http";

/** Resolves to the body of an answer from 127.0.0.1. `make` is the `request` of node:http or node:https. */
export function page(make: typeof request, options: object): Promise<string> {
  return new Promise((resolve, reject) => {
    make({ host: "127.0.0.1", agent: false, ...options }, async (answer) => {
      let text = "";
      for await (const chunk of answer) text += chunk;
      resolve(text);
    })
      .on("error", reject)
      .end();
  });
}

/** Asks until there is an answer. The processes of a trial end with it, so a deadline is not needed here. */
export async function answered(ask: () => Promise<string>): Promise<string> {
  for (;;) {
    const text = await ask().catch(() => undefined);
    if (text !== undefined) return text;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
