/** Frames around faces. */

import type { Box } from "../maths/geometry";

export class Boxes {
  constructor(private readonly root: HTMLElement) {}

  /** Shows these boxes and no others, in CSS pixels of the page. */
  show(boxes: readonly Box[]): void {
    while (this.root.children.length > boxes.length) this.root.lastElementChild!.remove();
    while (this.root.children.length < boxes.length) this.root.append(document.createElement("div"));
    boxes.forEach(([left, top, right, bottom], i) => {
      const { style } = this.root.children[i] as HTMLElement;
      Object.assign(style, { left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px` });
    });
  }
}
