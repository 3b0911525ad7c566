// The style sheet of a listing. It is a part of the page, so the page loads nothing. The icons are masks, which take
// the colour of the text around them in light and in dark.

const icon = (path: string): string =>
  `url("data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="${path}"/></svg>`)}")`;

const FOLDER =
  "M1.5 3.5c0-.6.4-1 1-1h3.6l1.6 1.6h5.8c.6 0 1 .4 1 1v7.4c0 .6-.4 1-1 1h-11c-.6 0-1-.4-1-1z";
const FILE =
  "M3.5 1h6L13 4.5V14c0 .6-.4 1-1 1H3.5c-.6 0-1-.4-1-1V2c0-.6.4-1 1-1zm0 1v12H12V5.5H8.5V2zm6 .4v2.1h2.1z";
const UP = "M8 2 3 7l.9.9 3.5-3.5V14h1.2V4.4l3.5 3.5.9-.9z";

export const STYLE = `
:root {
  color-scheme: light dark;
  --text: light-dark(#1d2430, #e4e7ec); --quiet: light-dark(#5b6575, #9aa4b2);
  --link: light-dark(#0b57b7, #8ab8ff); --line: light-dark(#e3e6eb, #2a303a);
  --hover: light-dark(#f3f6fa, #1e242d); --ground: light-dark(#fff, #14181e);
  font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--ground);
}
body { max-width: 60rem; margin: 0 auto; padding: 2rem 1.5rem 3rem }
h1 { font-size: 1.3rem; font-weight: 600; line-height: 1.35; margin: 0 0 1rem; overflow-wrap: anywhere }
h1 a:first-child { margin-right: .3em }
bdi { white-space: pre-wrap }
h1 i { color: var(--quiet); font-style: normal; font-weight: 400; padding: 0 .25em }
a { color: var(--link); text-decoration: none }
a:hover { text-decoration: underline }
a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .45rem .6rem; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top }
th { color: var(--quiet); font-size: .85rem; font-weight: 500 }
td { color: var(--quiet); white-space: nowrap }
tbody tr:hover { background: var(--hover) }
.name { width: 100%; white-space: normal; overflow-wrap: anywhere }
.name a { display: block; padding-left: 1.7rem; position: relative }
.name a::before { content: ""; position: absolute; left: 0; top: .22rem; width: 1.05rem; height: 1.05rem; background: currentColor; mask: var(--icon) center/contain no-repeat }
.size, .size + td, th.size + th { text-align: right }
.folder { --icon: ${icon(FOLDER)} }
.file { --icon: ${icon(FILE)} }
.up { --icon: ${icon(UP)} }
p { color: var(--quiet); font-size: .9rem; margin: 1rem .6rem 0 }
@media (max-width: 40rem) {
  body { padding: 1.25rem 1rem 2rem }
  thead { position: absolute; clip-path: inset(50%) }
  tr { display: grid; grid-template-columns: 1fr auto; padding: .6rem .25rem; border-bottom: 1px solid var(--line) }
  td { padding: 0; border: 0; font-size: .85rem }
  .name { grid-column: 1 / -1; font-size: 1rem }
  .name a { padding-block: .2rem }
  .size { grid-row: 2; grid-column: 2 }
  .size + td { grid-row: 2; grid-column: 1; padding-left: 1.7rem; text-align: left }
  td:empty { display: none }
  p { margin-inline: .25rem }
}
`;
