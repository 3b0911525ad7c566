// Makes a report as one HTML file that needs no other file: style and figures are inside, and there
// is no script. Every figure is drawn twice, for screens and for phones. The style shows the
// drawing that fits the window.
import { escaped, type Figure, inlineSvg, NARROW, WIDE } from "./figure.ts";
import { RULES, SCHEMES } from "./theme.ts";

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly question: string;
  readonly source?: string;
  /** The command that made the report. */
  readonly command: string;
  readonly figures: readonly Figure[];
  readonly tables: readonly HtmlTable[];
}

export interface HtmlTable {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Sentences below the table. */
  readonly notes?: readonly string[];
}

export interface Page {
  readonly title: string;
  /** Facts that stand at the top of the report, as name and value: revision, machine, seeds. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly overview?: Figure | undefined;
  readonly sections: readonly Section[];
}

const STYLE = `${SCHEMES(":root")}
:root{color-scheme:light dark}
*{box-sizing:border-box}
body{margin:0 auto;max-width:58rem;padding:1rem;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}
h1{font-size:1.6rem;line-height:1.2;margin:1rem 0}
h2{font-size:1.25rem;line-height:1.3;margin:3rem 0 .5rem;padding-top:1rem;border-top:1px solid var(--line)}
p{margin:.5rem 0}
a{color:var(--k1)}
.soft,dt,figcaption,caption{color:var(--soft)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;margin:1rem 0}
dd{margin:0;overflow-wrap:anywhere}
nav ol{columns:2 18rem;padding-left:1.2rem}
nav li{break-inside:avoid;margin:.2rem 0}
figure{margin:1.5rem 0;overflow-x:auto}
svg.figure{display:block;width:100%;height:auto}
svg.card{width:auto;max-width:none}
svg.narrow{display:none}
code{font:.9em ui-monospace,'Cascadia Mono',Menlo,Consolas,monospace;overflow-wrap:anywhere}
details{margin:1rem 0}
summary{cursor:pointer;padding:.5rem 0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums;margin:.5rem 0 1.5rem}
caption{text-align:left;font-weight:600;padding:.3rem 0;white-space:nowrap}
th,td{text-align:right;padding:.3rem .7rem;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child,td:first-child{text-align:left;padding-left:0}
th{font-weight:600;color:var(--soft)}
@media(max-width:640px){svg.wide{display:none}svg.narrow{display:block}h2{margin-top:2rem}}
@media print{details>*{display:block}}
${RULES}`;

export function page({ title, facts, overview, sections }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>
<dl>
${facts.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join("\n")}
</dl>
</header>
${contents(sections)}
<main>
${overview === undefined ? "" : `<figure>\n${inlineSvg(overview, WIDE, "card", true)}\n</figure>`}
${sections.map(section).join("\n")}
</main>
</body>
</html>
`;
}

function contents(sections: readonly Section[]): string {
  if (sections.length < 2) return "";
  const items = sections.map(
    ({ id, title }) => `<li><a href="#${id.toLowerCase()}">${escaped(`${id}  ${title}`)}</a></li>`,
  );
  return `<nav aria-label="Contents">\n<ol>\n${items.join("\n")}\n</ol>\n</nav>`;
}

function section({ id, title, question, source, command, figures, tables }: Section): string {
  return `<section id="${id.toLowerCase()}">
<h2>${escaped(`${id}  ${title}`)}</h2>
${figures[0]?.question === question ? "" : `<p>${escaped(question)}</p>`}
${source === undefined ? "" : `<p class="soft">After ${escaped(source)}.</p>`}
${figures.map(figure).join("\n")}
<details>
<summary>The numbers, and the command</summary>
<p><code>${escaped(command)}</code></p>
${tables.map(htmlTable).join("\n")}
</details>
</section>`;
}

const figure = (one: Figure): string =>
  `<figure>\n${inlineSvg(one, WIDE, "wide")}\n${inlineSvg(one, NARROW, "narrow")}\n</figure>`;

function htmlTable({ caption, head, rows, notes = [] }: HtmlTable): string {
  const row = (cells: readonly string[], tag: "th" | "td") =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("")}</tr>`;
  return `<div class="scroll"><table>
<caption>${escaped(caption)}</caption>
<thead>${row(head, "th")}</thead>
<tbody>
${rows.map((cells) => row(cells, "td")).join("\n")}
</tbody>
</table></div>${notes.map((note) => `\n<p class="soft">${escaped(note)}</p>`).join("")}`;
}
