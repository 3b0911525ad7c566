// tandem.yaml(5): the configuration reference as a man page.
import { configIntroduction, configSections } from "@tandem/config";
import { bold, escaped, example, heading, inline, item, pageHead } from "./roff.ts";

export function configPage(about: { readonly version: string; readonly date: string }): string {
  return [
    pageHead({ name: "tandem.yaml", section: 5, ...about }),
    heading("name"),
    "tandem.yaml \\- the configuration of Tandem\n",
    heading("description"),
    fromMarkdown(configIntroduction()),
    ...configSections().flatMap(({ title, meaning, paths, keys }) => [
      heading(title),
      `${inline(meaning)}.${paths.length === 0 ? "" : ` At ${paths.map(bold).join(", ")}.`}\n`,
      ...keys.map((key) => {
        const required = key.default === "**required**";
        const fallback = required || key.default === "" ? key.default : `default ${key.default}`;
        const facts = [key.type, fallback].filter((fact) => fact !== "");
        return item(`${bold(key.path)} (${facts.map(inline).join(", ")})`, inline(key.meaning));
      }),
    ]),
    heading("files"),
    item(bold("/etc/tandem/tandem.yaml"), "The file that the units read."),
    heading("see also"),
    `${bold("tandem")}(1), ${bold("tandem-balancer")}(1)\n`,
  ].join("");
}

/** Converts headings, lists, paragraphs and blocks of code, which are all that the introduction has. */
function fromMarkdown(markdown: string): string {
  return markdown
    .replaceAll(/<!--.*?-->/gs, "")
    .trim()
    .split(/\n{2,}/)
    .map((block) => {
      if (block.startsWith("```")) return example(block.replaceAll(/^```\w*\n?/gm, "").trim());
      if (/^# /.test(block)) return "";
      if (block.startsWith("## ")) return `.PP\n${bold(block.slice(3))}\n`;
      if (!block.startsWith("- ")) return `.PP\n${inline(block)}\n`;
      const points = block.slice(2).split(/\n- /);
      return points.map((point) => item("\\(bu", inline(unwrapped(point)))).join("");
    })
    .join("")
    .replaceAll(/^\.PP\n$/gm, escaped(""));
}

const unwrapped = (text: string): string => text.replaceAll(/\n\s*/g, " ");
