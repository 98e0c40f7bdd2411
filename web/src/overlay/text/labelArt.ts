/** The drawing of a face's label: dark glass, the expression, its confidence, and bars if there are any. */

import { css, type Drawing, type Pen, type Rgb, roundRect, SANS, write } from "./pen";

const GLASS = "rgb(17 20 27 / 0.78)";
const INK = "rgb(17 20 27)"; // on every colour of a label

// Sizes in em, the height of the text.
const LABEL = { pad: 0.66, height: 1.7, row: 0.98, rowText: 0.7, bar: 0.3, barLength: 4.4, dot: 0.27, gap: 0.45, badge: 0.6, badgePad: 0.25, noHead: 0.4 };

export interface Bar {
  readonly name: string;
  readonly share: number;
  readonly rgb: Rgb;
}

/** The text of a label, in the page's language. */
export interface LabelText {
  /** In the dot at the beginning; empty for a plain dot. */
  readonly number: string;
  /** Empty for a label that is bars or a number alone. */
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
  /** In em: radius of the dot, its distance from the edge, height of the heading. */
  readonly dot: number;
  readonly pad: number;
  readonly head: number;
}

/** A panel that fits its text. */
export function labelArt(pen: Pen, text: LabelText, em: number): Drawing {
  const { number, main, detail, bars } = text;
  pen.font = mainFont(em);
  const mainPx = pen.measureText(main).width;
  pen.font = detailFont(em);
  const detailPx = detail ? pen.measureText(` ${detail}`).width : 0;
  pen.font = numberFont(em);
  const dot = number ? Math.max(LABEL.badge, pen.measureText(number).width / em / 2 + 0.3) : LABEL.dot;
  pen.font = rowFont(em);
  const namesPx = Math.max(0, ...bars.map((bar) => pen.measureText(bar.name).width));
  const pad = number ? LABEL.badgePad : LABEL.pad;
  const rest = main ? (LABEL.gap + LABEL.pad) * em + mainPx + detailPx : pad * em;
  const head = number || main ? LABEL.height : LABEL.noHead;
  const table = bars.length ? namesPx + (2 * LABEL.pad + LABEL.gap + LABEL.barLength) * em : 0;
  const widthPx = Math.ceil(Math.max((pad + 2 * dot) * em + rest, table));
  const heightPx = Math.ceil((head + (bars.length ? bars.length * LABEL.row + 0.4 : 0)) * em);
  const measured: Measured = { ...text, em, widthPx, mainPx, namesPx, dot, pad, head };
  const draw = (to: Pen): void => {
    to.fillStyle = GLASS;
    roundRect(to, 0, 0, widthPx, heightPx, Math.min(0.85 * em, heightPx / 2));
    if (number || main) drawHeading(to, measured);
    bars.forEach((bar, row) => drawRow(to, bar, row, measured));
  };
  return { widthPx, heightPx, marginPx: 0, draw };
}

/** Position at that distance from the side on which reading begins. */
function along({ rightToLeft, widthPx }: Measured, fromStart: number): number {
  return rightToLeft ? widthPx - fromStart : fromStart;
}

function drawHeading(pen: Pen, text: Measured): void {
  const { number, main, detail, rgb, em, mainPx, dot, pad, rightToLeft } = text;
  const middle = (LABEL.height / 2) * em;
  const centre = along(text, (pad + dot) * em);
  pen.fillStyle = css(rgb);
  pen.beginPath();
  pen.arc(centre, middle, dot * em, 0, 2 * Math.PI);
  pen.fill();
  if (number) writeNumber(pen, number, centre, middle + 0.04 * em, em);
  const start = (pad + 2 * dot + LABEL.gap) * em;
  pen.fillStyle = "white";
  pen.font = mainFont(em);
  if (main) write(pen, main, along(text, start), middle + 0.04 * em, rightToLeft);
  pen.globalAlpha = 0.86;
  pen.font = detailFont(em);
  if (detail) write(pen, ` ${detail}`, along(text, start + mainPx), middle + 0.04 * em, rightToLeft);
  pen.globalAlpha = 1;
}

function writeNumber(pen: Pen, number: string, centre: number, middle: number, em: number): void {
  pen.fillStyle = INK;
  pen.font = numberFont(em);
  write(pen, number, centre - pen.measureText(number).width / 2, middle, false);
}

function drawRow(pen: Pen, bar: Bar, row: number, text: Measured): void {
  const { em, widthPx, namesPx, rightToLeft } = text;
  const middle = (text.head - 0.05 + (row + 0.5) * LABEL.row) * em;
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
const numberFont = (em: number): string => `700 ${0.82 * em}px ${SANS}`;
const rowFont = (em: number): string => `400 ${LABEL.rowText * em}px ${SANS}`;
