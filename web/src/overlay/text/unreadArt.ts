/** The drawing of a face that was found and not read: a dashed outline, and the reason below it. */

import { type Drawing, type Pen, roundRect, SANS, write } from "./pen";

const GLASS = "rgb(17 20 27 / 0.74)";
const SHADE = "rgb(17 20 27 / 0.35)";
const CHALK = "rgb(255 255 255 / 0.9)";
// Sizes in em, the height of the text.
const MARK = { line: 0.12, shade: 0.24, dash: 0.5, round: 0.4, gap: 0.2, pad: 0.4, height: 1.4 };

/** An outline of that size, in pixels, at the top of the drawing, in its middle. */
export function unreadArt(pen: Pen, reason: string, rightToLeft: boolean, widthPx: number, heightPx: number, em: number): Drawing {
  pen.font = font(em);
  const textPx = pen.measureText(reason).width + 2 * MARK.pad * em;
  const across = Math.ceil(Math.max(widthPx + MARK.shade * em, textPx));
  const below = heightPx + (MARK.shade + MARK.gap) * em;
  const draw = (to: Pen): void => {
    outline(to, (across - widthPx) / 2, (MARK.shade / 2) * em, widthPx, heightPx, em);
    to.fillStyle = GLASS;
    const left = (across - textPx) / 2;
    roundRect(to, left, below, textPx, MARK.height * em, MARK.round * em);
    to.fillStyle = "white";
    to.font = font(em);
    write(to, reason, rightToLeft ? left + textPx - MARK.pad * em : left + MARK.pad * em, below + (MARK.height / 2) * em, rightToLeft);
  };
  return { widthPx: across, heightPx: Math.ceil(below + MARK.height * em), marginPx: 0, draw };
}

function outline(pen: Pen, x: number, y: number, widthPx: number, heightPx: number, em: number): void {
  pen.beginPath();
  pen.roundRect(x, y, widthPx, heightPx, Math.min(MARK.round * em, widthPx / 2, heightPx / 2));
  Object.assign(pen, { strokeStyle: SHADE, lineWidth: MARK.shade * em });
  pen.setLineDash([]);
  pen.stroke();
  Object.assign(pen, { strokeStyle: CHALK, lineWidth: MARK.line * em });
  pen.setLineDash([MARK.dash * em, MARK.dash * em]);
  pen.stroke();
}

const font = (em: number): string => `400 ${em}px ${SANS}`;
