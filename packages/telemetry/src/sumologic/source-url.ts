// Reads the URL of a Sumo Logic HTTP source. Every holder of the URL can write to the source, so the URL is a secret.
// No message in this file contains the URL; only its host may be shown.
import { readFileSync } from "node:fs";
import type { SumoLogicOptions } from "../options.ts";

/** Reads the URL from `urlFile` or `url`. Throws an Error that names the key but never its value. */
export function readSourceUrl(options: SumoLogicOptions): URL {
  const key = options.urlFile === undefined ? "url" : "urlFile";
  const text = options.urlFile === undefined ? options.url : readUrlFile(options.urlFile);
  const url = URL.parse(text?.trim() ?? "");
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Error(
      `telemetry.sumologic.${key}: expected the http(s) URL of a Sumo Logic HTTP source ` +
        "(its value is not shown because it is a secret); copy it from the source's 'Show URL'",
    );
  }
  return url;
}

function readUrlFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(
      `telemetry.sumologic.urlFile: cannot read '${path}' (${(error as NodeJS.ErrnoException).code}); ` +
        "put the URL of the HTTP source into this file, readable by this user only, or remove telemetry.sumologic",
      { cause: error },
    );
  }
}
