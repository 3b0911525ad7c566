// A browser without a screen. It keeps cookies, fills in the forms that it finds, and follows redirects.
import { Agent, request } from "node:http";

export interface Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  readonly text: string;
  /** The path to which the last redirect led. */
  readonly path: string;
}

export interface File {
  readonly name: string;
  readonly data: Buffer;
}

type Fields = Readonly<Record<string, string | File>>;

export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true });
  /** The client address that the server sees for this browser. */
  readonly #address: string;

  constructor(url: string, address = "192.0.2.1") {
    this.#url = url;
    this.#address = address;
  }

  close(): void {
    this.#agent.destroy();
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Page> {
    return this.#follow(await this.send("GET", path, undefined, headers));
  }

  /** Opens `page`, and sends its form for `action` with `fields` and the form's hidden fields. */
  async submit(page: string, action: string, fields: Fields): Promise<Page> {
    const { text } = await this.get(page);
    const form = text
      .split("<form ")
      .find((part) => part.includes(`method="post" action="${action}`));
    if (form === undefined) throw new Error(`no form for ${action} on ${page}`);
    const hidden = form.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g);
    const all: Record<string, string | File> = {};
    for (const [, name = "", value = ""] of hidden) all[name] = value;
    const multipart = form.includes("multipart/form-data");
    return this.post(action, { ...all, ...fields }, multipart);
  }

  async post(path: string, fields: Fields, multipart = false): Promise<Page> {
    const [type, body] = multipart ? multipartBody(fields) : urlencodedBody(fields);
    return this.#follow(await this.send("POST", path, body, { "content-type": type }));
  }

  async #follow(page: Page): Promise<Page> {
    const { location } = page.headers;
    if (page.status !== 303 || typeof location !== "string") return page;
    return this.get(location.split("#")[0] ?? "/");
  }

  send(
    method: string,
    path: string,
    body: Buffer | undefined,
    headers: Record<string, string>,
  ): Promise<Page> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const all = {
      "x-forwarded-proto": "https",
      "x-forwarded-port": "443",
      "x-forwarded-for": this.#address,
      ...(cookie === "" ? {} : { cookie }),
      ...(body === undefined ? {} : { "content-length": `${body.length}` }),
      ...headers,
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(`${this.#url}${path}`, { method, headers: all, agent: this.#agent });
      outgoing.on("error", reject).on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          this.#keep(response.headers["set-cookie"] ?? []);
          const body = Buffer.concat(chunks);
          const { statusCode: status = 0, headers } = response;
          resolve({ status, headers, body, text: body.toString(), path });
        });
      });
      outgoing.end(body);
    });
  }

  #keep(lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = ""] = line.split(";");
      const name = pair.slice(0, pair.indexOf("="));
      // Browsers drop a cookie with the prefix `__Host-` unless it is secure and its path is / (RFC 6265bis §4.1.3.2).
      if (name.startsWith("__Host-") && !/; Path=\/;.*Secure/i.test(`${line};`)) continue;
      const gone = /Max-Age=0|Expires=Thu, 01 Jan 1970/.test(line);
      if (gone) this.cookies.delete(name);
      else this.cookies.set(name, pair.slice(name.length + 1));
    }
  }
}

function urlencodedBody(fields: Fields): [type: string, body: Buffer] {
  const texts = Object.entries(fields).map(([name, value]) => [name, `${value}`]);
  return [
    "application/x-www-form-urlencoded",
    Buffer.from(new URLSearchParams(texts as [string, string][]).toString()),
  ];
}

function multipartBody(fields: Fields): [type: string, body: Buffer] {
  const boundary = "----a-boundary-of-the-test";
  const parts = Object.entries(fields).map(([name, value]) => {
    const file = typeof value !== "string";
    const more = file ? `; filename="${value.name}"\r\ncontent-type: image/jpeg` : "";
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n`;
    return Buffer.concat([
      Buffer.from(head),
      file ? value.data : Buffer.from(value),
      Buffer.from("\r\n"),
    ]);
  });
  return [
    `multipart/form-data; boundary=${boundary}`,
    Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
  ];
}
