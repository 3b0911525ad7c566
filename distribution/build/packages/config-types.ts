// Writes the types of tandem.yaml, as it is written (ConfigInput) and as it is loaded (Config), from its JSON Schemas. The
// types that the sources use are inferred by zod. A program that installs a package would need zod for them.
import { configJsonSchema } from "@tandem/config";
import { loadedJsonSchema } from "@tandem/config/schema";
import { compile, type JSONSchema } from "json-schema-to-typescript";

/** Names of types that are not made from the titles of their schemas. */
const NAMES: Readonly<Record<string, readonly [input: string, loaded: string]>> = {
  "tandem.yaml": ["ConfigInput", "Config"],
  "client timeouts": ["ClientTimeoutsInput", "ClientTimeouts"],
  "edge TLS": ["EdgeTlsInput", "EdgeTls"],
  HSTS: ["HstsInput", "HstsConfig"],
  "sent PROXY header": ["SendProxyInput", "SendProxyConfig"],
  "internal TLS": ["InternalTlsInput", "InternalTls"],
  "TLS to servers": ["ServerTlsInput", "ServerTlsConfig"],
  sumologic: ["SumoLogicInput", "SumoLogicConfig"],
};

/** The types that the text of `loadedTypes` refers to, by the module of @tandem/config that has them. */
const IMPORTS = `import type { CheckConfig } from "./schema/check.js";
import type { SendProxyConfig } from "./schema/proxy-protocol.js";
import type { Address } from "./schema/units.js";
`;

/** Returns the declarations of ConfigInput and of the parts of it that have a title. */
export function inputTypes(): Promise<string> {
  return typesOf(configJsonSchema(), (title) => NAMES[title]?.[0] ?? `${words(title)}Input`);
}

/** Returns the declarations of Config and of the parts of it that have a title. */
export async function loadedTypes(): Promise<string> {
  const named = (title: string) => NAMES[title]?.[1] ?? `${words(title)}Config`;
  return IMPORTS + (await typesOf(loadedJsonSchema(), named));
}

function words(title: string): string {
  return title.replaceAll(/(?:^| )(\w)/g, (_, first: string) => first.toUpperCase());
}

type Named = (title: string) => string;

async function typesOf(schema: object, named: Named): Promise<string> {
  const definitions: Record<string, JSONSchema> = {};
  const { title = "", ...root } = schema as JSONSchema;
  const parts = mapped(root, (value) => hoisted(value, named, definitions));
  const text = await compile({ ...parts, definitions }, named(title), {
    additionalProperties: false,
    bannerComment: "",
    format: false,
    ignoreMinAndMaxItems: true,
  });
  // A key that may be left out may also be undefined.
  return text.replaceAll(/^( *"?[\w$-]+"?\?:) /gm, "$1 undefined | ");
}

/**
 * Returns a part of a schema in which each object with a title is a reference. The object itself is added to
 * `definitions`, so that it becomes one type with a name wherever it is used. Other titles would become types too, such
 * as Duration1, and are left out.
 */
function hoisted(part: unknown, named: Named, definitions: Record<string, JSONSchema>): unknown {
  if (Array.isArray(part)) return part.map((value) => hoisted(value, named, definitions));
  if (typeof part !== "object" || part === null) return part;
  const { title, ...rest } = part as JSONSchema;
  const inner = mapped(typeof title === "string" ? rest : part, (value) =>
    hoisted(value, named, definitions),
  );
  if (typeof title !== "string" || inner.type !== "object") return inner;
  const { description } = inner;
  definitions[named(title)] ??= { ...inner, title: named(title) };
  return { description, allOf: [{ $ref: `#/definitions/${named(title)}` }] };
}

function mapped(object: object, change: (value: unknown) => unknown): JSONSchema {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
