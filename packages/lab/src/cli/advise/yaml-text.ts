// What the advice is in tandem.yaml.
import type { Setting } from "../../advise/rank.ts";
import type { Site } from "../../advise/site.ts";
import type { Candidate } from "../../scenarios/study.ts";
import { isFile, readOwnText } from "../own-text.ts";

/** Returns lines that can be pasted below a backend. The servers' addresses stay as they are. */
export function yamlLines({ servers }: Site, { candidate, weights }: Setting): string[] {
  const balance = Object.entries(keysOf(candidate)).map(
    ([key, value]) =>
      `${key}: ${JSON.stringify(value)
        .replaceAll('"', "")
        .replaceAll(/([:,])(?! )/g, "$1 ")}`,
  );
  const uneven = weights.some((weight) => weight !== weights[0]);
  return [
    `  balance: { ${balance.join(", ")} }`,
    ...(uneven
      ? [
          "  servers:",
          ...servers.map(
            ({ name }, i) => `    ${name}: { weight: ${weights[i] ?? 1} }  # beside its address`,
          ),
        ]
      : servers.some(({ weight }) => weight !== servers[0]?.weight)
        ? ["  # and no weight at any server: all alike"]
        : []),
  ];
}

/** The keys below `balance`. A file of the user's own is the module of its algorithm. */
function keysOf({ algorithm, parameters = {} }: Candidate): Readonly<Record<string, unknown>> {
  if (!isFile(algorithm)) return { algorithm, ...parameters };
  const own = readOwnText(algorithm);
  const tuned = Object.keys(own.parameters).length > 0 && { parameters: own.parameters };
  return { algorithm: "module", module: own.file, ...tuned };
}
