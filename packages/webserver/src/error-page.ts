// The HTML pages that the webserver sends with its own error answers. A page loads no other file,
// and reveals nothing about the servers.
import { reasonPhrase } from "@tandem/http";

const EXPLANATIONS: Readonly<Record<number, string>> = {
  404: "There is nothing at this address. It may have been moved, or the link may be wrong.",
  405: "This address cannot be used in that way.",
  412: "This page has changed since you last saw it.",
  416: "This file does not have the part that was asked for.",
  500: "Something went wrong on our side. Please try again in a moment.",
  502: "The site is having trouble answering. Please try again in a moment.",
  503: "The site is busy or being worked on. Please try again in a moment.",
  504: "The site took too long to answer. Please try again in a moment.",
};

const pages = new Map<number, Buffer>();

/** Returns the page for a status. Each page is made only once. */
export function errorPage(status: number): Buffer {
  let page = pages.get(status);
  if (page === undefined) {
    page = Buffer.from(render(status));
    pages.set(status, page);
  }
  return page;
}

function render(status: number): string {
  const phrase = reasonPhrase(status);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${status} ${phrase}</title>
<style>
:root { color-scheme: light dark; font: 1.125rem/1.6 system-ui, sans-serif }
body { max-width: 34rem; margin: 18vh auto 0; padding: 0 1.5rem }
h1 { font-size: 1.6rem; margin: 0 }
</style>
<h1>${phrase}</h1>
<p>${EXPLANATIONS[status] ?? ""}</p>
<p><a href="/">Go to the home page</a></p>
</html>
`;
}
