// A list shows its chosen title in one line and cuts off what does not fit. This shows the whole title below the list
// then.
import { h, say } from "../dom.ts";

/** The space that a list needs beside its text, for its border, its padding and its arrow. */
const BESIDE = 44;

const pen = document.createElement("canvas").getContext("2d");

/** Makes the line below `select`. `update` is to be called after a choice and after a change of the width. */
export function wholeTitle(select: HTMLSelectElement): {
  readonly element: HTMLElement;
  readonly update: () => void;
} {
  const element = h("p", { class: "whole-title", "aria-hidden": "true" });
  return {
    element,
    update() {
      const title = select.selectedOptions[0]?.textContent ?? "";
      say(element, title);
      element.hidden =
        select.clientWidth === 0 || widthOf(title, select) <= select.clientWidth - BESIDE;
    },
  };
}

function widthOf(text: string, element: HTMLElement): number {
  if (pen === null) return 0;
  // The shorthand `font` is empty where figures are tabular, as on this page.
  const { fontWeight, fontSize, fontFamily } = getComputedStyle(element);
  pen.font = `${fontWeight} ${fontSize} ${fontFamily}`;
  return pen.measureText(text).width;
}
