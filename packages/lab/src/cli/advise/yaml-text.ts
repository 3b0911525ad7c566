// What the advice is in tandem.yaml.
import type { Setting } from "../../advise/rank.ts";
import type { Site } from "../../advise/site.ts";

/** Returns lines that can be pasted below a backend. The servers' addresses stay as they are. */
export function yamlLines({ servers }: Site, { candidate, weights }: Setting): string[] {
  const { algorithm, parameters = {} } = candidate;
  const isFile = algorithm.includes("/") || algorithm.includes(".");
  const keys = isFile
    ? { algorithm: "module", module: algorithm, ...parameters }
    : { algorithm, ...parameters };
  const balance = Object.entries(keys).map(
    ([key, value]) => `${key}: ${JSON.stringify(value).replaceAll('"', "")}`,
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
