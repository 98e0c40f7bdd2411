/** Text as people see it over the picture: drawn on canvases of its own, the right way round, whatever is mirrored. */

import type { Quote } from "../content/pack";

export type Rgb = readonly [number, number, number];
type Pen = CanvasRenderingContext2D;

export const SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";
export const SERIF = "'Iowan Old Style', 'Palatino Linotype', Palatino, 'Noto Serif', Georgia, serif";
export const PAPER = "rgb(252 251 247)";
const INK = "rgb(28 30 36)";
const GLASS = "rgb(17 20 27 / 0.78)";

// Sizes in em, the height of the text.
const BUBBLE = { padX: 0.9, padY: 0.68, small: 0.68, gap: 0.5, radius: 0.95, line: 1.24 };
const LABEL = { pad: 0.66, height: 1.7, row: 0.98, rowText: 0.7, bar: 0.3, barLength: 4.4, dot: 0.27, gap: 0.45 };
const SHADOW = 0.5; // em around the bubble, room for its shadow
const SHAPE = 2.5; // width over height that a bubble should have
const NARROWEST = 7.5;

export interface Drawing {
  readonly widthPx: number;
  readonly heightPx: number;
  /** How much of each side is shadow. */
  readonly marginPx: number;
  draw(pen: Pen): void;
}

export interface Bar {
  readonly name: string;
  readonly share: number;
  readonly rgb: Rgb;
}

/** A panel of dark glass: what the face looks like, how sure that is, and bars of all probabilities if there are any. */
export function labelArt(pen: Pen, main: string, detail: string, rgb: Rgb, bars: readonly Bar[], em: number): Drawing {
  pen.font = `600 ${em}px ${SANS}`;
  const mainWidth = pen.measureText(main).width;
  pen.font = `400 ${em}px ${SANS}`;
  const detailWidth = detail ? pen.measureText(` ${detail}`).width : 0;
  pen.font = `400 ${LABEL.rowText * em}px ${SANS}`;
  const names = Math.max(0, ...bars.map((bar) => pen.measureText(bar.name).width));
  const heading = mainWidth + detailWidth + (2 * LABEL.pad + 2 * LABEL.dot + LABEL.gap) * em;
  const table = bars.length ? names + (2 * LABEL.pad + LABEL.gap + LABEL.barLength) * em : 0;
  const widthPx = Math.ceil(Math.max(heading, table));
  const heightPx = Math.ceil((LABEL.height + (bars.length ? bars.length * LABEL.row + 0.4 : 0)) * em);
  const draw = (to: Pen): void => {
    to.fillStyle = GLASS;
    roundRect(to, 0, 0, widthPx, heightPx, Math.min(0.85 * em, heightPx / 2));
    drawHeading(to, main, detail, rgb, em, mainWidth);
    bars.forEach((bar, row) => drawRow(to, bar, row, names, widthPx, em));
  };
  return { widthPx, heightPx, marginPx: 0, draw };
}

function drawHeading(pen: Pen, main: string, detail: string, rgb: Rgb, em: number, mainWidth: number): void {
  const middle = (LABEL.height / 2) * em;
  pen.fillStyle = `rgb(${rgb.join(" ")})`;
  pen.beginPath();
  pen.arc((LABEL.pad + LABEL.dot) * em, middle, LABEL.dot * em, 0, 2 * Math.PI);
  pen.fill();
  const x = (LABEL.pad + 2 * LABEL.dot + LABEL.gap) * em;
  pen.textBaseline = "middle";
  pen.fillStyle = "white";
  pen.font = `600 ${em}px ${SANS}`;
  pen.fillText(main, x, middle + 0.04 * em);
  pen.globalAlpha = 0.86;
  pen.font = `400 ${em}px ${SANS}`;
  if (detail) pen.fillText(` ${detail}`, x + mainWidth, middle + 0.04 * em);
  pen.globalAlpha = 1;
}

function drawRow(pen: Pen, bar: Bar, row: number, names: number, widthPx: number, em: number): void {
  const middle = (LABEL.height - 0.05 + (row + 0.5) * LABEL.row) * em;
  pen.font = `400 ${LABEL.rowText * em}px ${SANS}`;
  pen.fillStyle = "rgb(255 255 255 / 0.88)";
  pen.fillText(bar.name, LABEL.pad * em, middle + 0.03 * em);
  const left = names + (LABEL.pad + LABEL.gap) * em;
  const length = widthPx - LABEL.pad * em - left;
  const thick = LABEL.bar * em;
  pen.fillStyle = "rgb(255 255 255 / 0.16)";
  roundRect(pen, left, middle - thick / 2, length, thick, thick / 2);
  if (bar.share < 0.02) return;
  pen.fillStyle = `rgb(${bar.rgb.join(" ")})`;
  roundRect(pen, left, middle - thick / 2, Math.max(length * Math.min(bar.share, 1), thick), thick, thick / 2);
}

/** A bubble of paper with a quote and where it comes from, broken into lines that give it a pleasing shape. */
export function bubbleArt(pen: Pen, quote: Quote, rgb: Rgb, em: number, roomPx: number): Drawing {
  const text = `“${quote.text}”`;
  const source = quote.work ? `${quote.author}, ${quote.work.replace(/ (?=\d)/g, "\u00a0")}` : quote.author;
  const broken = bestBreak(pen, text, source, em, Math.max(roomPx / em - 2 * BUBBLE.padX, NARROWEST));
  const margin = Math.ceil(SHADOW * em);
  const bodyWidth = Math.ceil(broken.width + 2 * BUBBLE.padX * em);
  const bodyHeight = Math.ceil(broken.height + 2 * BUBBLE.padY * em);
  const draw = (to: Pen): void => {
    to.save();
    to.shadowColor = "rgb(0 0 0 / 0.4)";
    to.shadowBlur = 0.7 * margin;
    to.shadowOffsetY = 0.2 * margin;
    to.fillStyle = PAPER;
    roundRect(to, margin, margin, bodyWidth, bodyHeight, BUBBLE.radius * em);
    to.restore();
    drawQuote(to, broken, rgb, em, margin, quote.language ?? "en");
  };
  return { widthPx: bodyWidth + 2 * margin, heightPx: bodyHeight + 2 * margin, marginPx: margin, draw };
}

interface Broken {
  readonly lines: readonly string[];
  readonly sources: readonly string[];
  readonly width: number;
  readonly height: number;
}

function bestBreak(pen: Pen, text: string, source: string, em: number, roomEm: number): Broken {
  const verses = text.split("\n").length;
  let best: Broken | undefined;
  let least = Infinity;
  for (let widthEm = NARROWEST; widthEm <= Math.max(roomEm, NARROWEST); widthEm += 0.75) {
    const tried = breakAt(pen, text, source, em, Math.min(widthEm, roomEm) * em);
    const odd =
      Math.abs(Math.log(tried.width / tried.height / SHAPE)) +
      unevenness(pen, tried.lines, em) +
      (verses > 1 ? 0.6 * Math.max(tried.lines.length - verses, 0) : 0);
    if (odd < least - 1e-6) [best, least] = [tried, odd];
  }
  return best!;
}

function breakAt(pen: Pen, text: string, source: string, em: number, widthPx: number): Broken {
  pen.font = quoteFont(em);
  const lines = text.split("\n").flatMap((verse) => wrap(pen, verse, widthPx));
  const longest = Math.max(...lines.map((line) => pen.measureText(line).width));
  pen.font = sourceFont(em);
  const sources = wrap(pen, source, Math.max(longest, NARROWEST * em));
  const width = Math.max(longest, ...sources.map((line) => pen.measureText(line).width));
  const height = (lines.length * BUBBLE.line + BUBBLE.gap + sources.length * BUBBLE.small * BUBBLE.line) * em;
  return { lines, sources, width, height };
}

function wrap(pen: Pen, text: string, widthPx: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line ? `${line} ${word}` : word;
    if (line && pen.measureText(longer).width > widthPx) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** Share of the text block that is empty. */
function unevenness(pen: Pen, lines: readonly string[], em: number): number {
  pen.font = quoteFont(em);
  const widths = lines.map((line) => pen.measureText(line).width);
  const filled = widths.reduce((sum, width) => sum + width, 0);
  return 1 - filled / (lines.length * Math.max(...widths));
}

function drawQuote(pen: Pen, text: Broken, rgb: Rgb, em: number, margin: number, language: string): void {
  const rightToLeft = /^(ar|he|fa|ur)\b/.test(language);
  const left = margin + BUBBLE.padX * em;
  const x = rightToLeft ? left + text.width : left;
  pen.direction = rightToLeft ? "rtl" : "ltr";
  pen.textAlign = rightToLeft ? "right" : "left";
  pen.textBaseline = "middle";
  pen.fillStyle = INK;
  pen.font = quoteFont(em);
  let y = margin + (BUBBLE.padY + BUBBLE.line / 2) * em;
  for (const line of text.lines) {
    pen.fillText(line, x, y);
    y += BUBBLE.line * em;
  }
  y += (BUBBLE.gap - BUBBLE.line / 2) * em;
  pen.fillStyle = `rgb(${rgb.join(" ")})`;
  roundRect(pen, rightToLeft ? x - 1.6 * em : left, y - 0.26 * em, 1.6 * em, 0.13 * em, 0.065 * em);
  pen.fillStyle = "rgb(28 30 36 / 0.74)";
  pen.font = sourceFont(em);
  y += 0.5 * BUBBLE.small * BUBBLE.line * em;
  for (const line of text.sources) {
    pen.fillText(line, x, y);
    y += BUBBLE.small * BUBBLE.line * em;
  }
}

const quoteFont = (em: number): string => `500 ${em}px ${SERIF}`;
const sourceFont = (em: number): string => `400 ${BUBBLE.small * em}px ${SANS}`;

function roundRect(pen: Pen, x: number, y: number, width: number, height: number, radius: number): void {
  pen.beginPath();
  pen.roundRect(x, y, width, height, Math.min(radius, width / 2, height / 2));
  pen.fill();
}
