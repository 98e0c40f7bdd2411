/** The drawing of a face's label: dark glass, the expression, its confidence, and bars if there are any. */

import { css, type Drawing, type Pen, type Rgb, roundRect, SANS, write } from "./pen";

const GLASS = "rgb(17 20 27 / 0.78)";

// Sizes in em, the height of the text.
const LABEL = { pad: 0.66, height: 1.7, row: 0.98, rowText: 0.7, bar: 0.3, barLength: 4.4, dot: 0.27, gap: 0.45 };

export interface Bar {
  readonly name: string;
  readonly share: number;
  readonly rgb: Rgb;
}

/** The text of a label, in the page's language. */
export interface LabelText {
  readonly main: string;
  /** Beside it, such as a percentage; may be empty. */
  readonly detail: string;
  readonly rgb: Rgb;
  readonly bars: readonly Bar[];
  readonly rightToLeft: boolean;
}

interface Measured extends LabelText {
  readonly em: number;
  readonly widthPx: number;
  readonly mainPx: number;
  /** Of the longest name of a bar. */
  readonly namesPx: number;
}

/** A panel that fits its text. */
export function labelArt(pen: Pen, text: LabelText, em: number): Drawing {
  const { main, detail, bars } = text;
  pen.font = mainFont(em);
  const mainPx = pen.measureText(main).width;
  pen.font = detailFont(em);
  const detailPx = detail ? pen.measureText(` ${detail}`).width : 0;
  pen.font = rowFont(em);
  const namesPx = Math.max(0, ...bars.map((bar) => pen.measureText(bar.name).width));
  const heading = mainPx + detailPx + (2 * LABEL.pad + 2 * LABEL.dot + LABEL.gap) * em;
  const table = bars.length ? namesPx + (2 * LABEL.pad + LABEL.gap + LABEL.barLength) * em : 0;
  const widthPx = Math.ceil(Math.max(heading, table));
  const heightPx = Math.ceil((LABEL.height + (bars.length ? bars.length * LABEL.row + 0.4 : 0)) * em);
  const measured: Measured = { ...text, em, widthPx, mainPx, namesPx };
  const draw = (to: Pen): void => {
    to.fillStyle = GLASS;
    roundRect(to, 0, 0, widthPx, heightPx, Math.min(0.85 * em, heightPx / 2));
    drawHeading(to, measured);
    bars.forEach((bar, row) => drawRow(to, bar, row, measured));
  };
  return { widthPx, heightPx, marginPx: 0, draw };
}

/** Position at that distance from the side on which reading begins. */
function along({ rightToLeft, widthPx }: Measured, fromStart: number): number {
  return rightToLeft ? widthPx - fromStart : fromStart;
}

function drawHeading(pen: Pen, text: Measured): void {
  const { main, detail, rgb, em, mainPx, rightToLeft } = text;
  const middle = (LABEL.height / 2) * em;
  pen.fillStyle = css(rgb);
  pen.beginPath();
  pen.arc(along(text, (LABEL.pad + LABEL.dot) * em), middle, LABEL.dot * em, 0, 2 * Math.PI);
  pen.fill();
  const start = (LABEL.pad + 2 * LABEL.dot + LABEL.gap) * em;
  pen.fillStyle = "white";
  pen.font = mainFont(em);
  write(pen, main, along(text, start), middle + 0.04 * em, rightToLeft);
  pen.globalAlpha = 0.86;
  pen.font = detailFont(em);
  if (detail) write(pen, ` ${detail}`, along(text, start + mainPx), middle + 0.04 * em, rightToLeft);
  pen.globalAlpha = 1;
}

function drawRow(pen: Pen, bar: Bar, row: number, text: Measured): void {
  const { em, widthPx, namesPx, rightToLeft } = text;
  const middle = (LABEL.height - 0.05 + (row + 0.5) * LABEL.row) * em;
  pen.font = rowFont(em);
  pen.fillStyle = "rgb(255 255 255 / 0.88)";
  write(pen, bar.name, along(text, LABEL.pad * em), middle + 0.03 * em, rightToLeft);
  const start = namesPx + (LABEL.pad + LABEL.gap) * em;
  const length = widthPx - LABEL.pad * em - start;
  const thick = LABEL.bar * em;
  const filled = Math.max(length * Math.min(bar.share, 1), thick);
  const left = (long: number): number => (rightToLeft ? widthPx - start - long : start);
  pen.fillStyle = "rgb(255 255 255 / 0.16)";
  roundRect(pen, left(length), middle - thick / 2, length, thick, thick / 2);
  if (bar.share < 0.02) return;
  pen.fillStyle = css(bar.rgb);
  roundRect(pen, left(filled), middle - thick / 2, filled, thick, thick / 2);
}

const mainFont = (em: number): string => `600 ${em}px ${SANS}`;
const detailFont = (em: number): string => `400 ${em}px ${SANS}`;
const rowFont = (em: number): string => `400 ${LABEL.rowText * em}px ${SANS}`;
