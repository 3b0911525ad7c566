// What can be found wrong with the look of a page, by functions that run in the browser. Each is sent there as text, so it
// uses nothing from outside itself. Each returns a line for everything that is wrong.

/** Controls without a name for screen readers, pictures without a description, and ids that are there twice. */
export function nameless(): string[] {
  const shown = (element: Element) => element.getClientRects().length > 0;
  const nameOf = (element: Element) => {
    const { labels } = element as HTMLInputElement;
    const texts = [
      element.getAttribute("aria-label"),
      ...[...(labels ?? [])].map((label) => label.textContent),
      element.getAttribute("title"),
      element.textContent,
    ];
    return texts.find((text) => text?.trim());
  };
  const controls = [
    ...document.querySelectorAll("button, select, input, a[href], summary, [tabindex]"),
  ];
  const pictures = [...document.querySelectorAll("canvas, [role=img]")].filter(
    (one) => one.closest(".uplot") === null && !one.hasAttribute("aria-label"),
  );
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  const words = (element: Element) => element.outerHTML.slice(0, 100);
  return [
    ...controls.filter((one) => shown(one) && !nameOf(one)).map((one) => `no name: ${words(one)}`),
    ...pictures.filter(shown).map((one) => `no description: ${words(one)}`),
    ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `id twice: ${id}`),
  ];
}

/** Texts with less contrast than WCAG 2.2 asks for (1.4.3, AA). Those of controls that are switched off are exempt. */
export function lowContrast(): string[] {
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  type Colour = readonly [red: number, green: number, blue: number, alpha: number];
  const read = (css: string): Colour => {
    if (pen === null) return [0, 0, 0, 1];
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = css;
    pen.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = pen.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const over = ([r, g, b, a]: Colour, [x, y, z]: Colour): Colour => {
    const mixed = (top: number, below: number) => top * a + below * (1 - a);
    return [mixed(r, x), mixed(g, y), mixed(b, z), 1];
  };
  const light = (colour: Colour) => {
    const linear = (value: number) =>
      value <= 0.04045 * 255 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
    return 0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2]);
  };
  const above = (element: Element | null): Element[] =>
    element === null ? [] : [element, ...above(element.parentElement)];
  const found = new Set<string>();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.textContent?.trim() ?? "";
    const element = texts.currentNode.parentElement;
    if (text === "" || element === null || !element.checkVisibility()) continue;
    if (element.closest("script, style, option, :disabled") !== null) continue;
    const line = above(element).map((one) => getComputedStyle(one));
    const ground = line
      .map(({ backgroundColor }) => read(backgroundColor))
      .reduceRight<Colour>((below, top) => over(top, below), [255, 255, 255, 1]);
    const opacity = line.reduce((product, one) => product * Number(one.opacity), 1);
    const [red, green, blue, alpha] = read(line[0]?.color ?? "");
    const ink = over([red, green, blue, alpha * opacity], ground);
    const [dim = 0, bright = 0] = [light(ink), light(ground)].sort((a, b) => a - b);
    const ratio = (bright + 0.05) / (dim + 0.05);
    if (ratio < 4.5) found.add(`contrast ${ratio.toFixed(1)}: '${text.slice(0, 40)}'`);
  }
  return [...found];
}

/** Whatever reaches beyond the window's width or beyond its card, and boxes whose content is cut off at the side. */
export function sideways(): string[] {
  const { clientWidth, scrollWidth } = document.documentElement;
  const words = ({ tagName, id, className }: Element) => `${tagName} #${id} .${className}`;
  const elements = [...document.querySelectorAll("body *")].filter(
    (one) => one.checkVisibility() && one.closest(".uplot, select") === null,
  );
  return [
    ...(scrollWidth > clientWidth ? [`scrolls sideways: ${scrollWidth} of ${clientWidth}`] : []),
    ...elements
      .filter((one) => one.getBoundingClientRect().right > clientWidth + 1)
      .map((one) => `beyond the window: ${words(one)}`),
    ...elements
      .filter((one) => {
        const card = one.parentElement?.closest(".card")?.getBoundingClientRect();
        return card !== undefined && one.getBoundingClientRect().right > card.right + 1;
      })
      .map((one) => `beyond its card: ${words(one)}`),
    ...elements
      .filter(
        (one) =>
          one.clientWidth > 0 &&
          one.scrollWidth > one.clientWidth + 1 &&
          getComputedStyle(one).overflowX !== "visible",
      )
      .map((one) => `cut off: ${words(one)}`),
  ];
}

export const CHECKS = [nameless, lowContrast, sideways];
