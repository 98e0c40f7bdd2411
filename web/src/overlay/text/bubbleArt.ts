/** The drawing of a speech bubble: paper, a quote and its source; never mirrored. */

import { quoted, sourceOf } from "../../content/language";
import type { Quote } from "../../content/pack";
import { css, type Drawing, type Pen, type Rgb, roundRect, SANS, SERIF, write } from "./pen";

const PAPER = "rgb(252 251 247)";
const INK = "rgb(28 30 36)";

// Sizes in em, the height of the text.
const BUBBLE = { padX: 0.9, padY: 0.68, small: 0.68, gap: 0.5, radius: 0.95, line: 1.24 };
const SHADOW = 0.5; // em around the bubble, room for its shadow
const SHAPE = 2.5; // preferred width over height of a bubble
const NARROWEST = 7.5;

/** A bubble of paper with a quote and its source, broken into lines that give it a balanced shape. */
export function bubbleArt(pen: Pen, quote: Quote, rgb: Rgb, em: number, roomPx: number): Drawing {
  const text = quoted(quote);
  const source = sourceOf(quote).replace(/ (?=\d)/g, "\u00a0");
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
    const cost =
      Math.abs(Math.log(tried.width / tried.height / SHAPE)) +
      unevenness(pen, tried.lines, em) +
      (verses > 1 ? 0.6 * Math.max(tried.lines.length - verses, 0) : 0);
    if (cost < least - 1e-6) [best, least] = [tried, cost];
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
  pen.fillStyle = INK;
  pen.font = quoteFont(em);
  let y = margin + (BUBBLE.padY + BUBBLE.line / 2) * em;
  for (const line of text.lines) {
    write(pen, line, x, y, rightToLeft);
    y += BUBBLE.line * em;
  }
  y += (BUBBLE.gap - BUBBLE.line / 2) * em;
  pen.fillStyle = css(rgb);
  roundRect(pen, rightToLeft ? x - 1.6 * em : left, y - 0.26 * em, 1.6 * em, 0.13 * em, 0.065 * em);
  pen.fillStyle = "rgb(28 30 36 / 0.74)";
  pen.font = sourceFont(em);
  y += 0.5 * BUBBLE.small * BUBBLE.line * em;
  for (const line of text.sources) {
    write(pen, line, x, y, rightToLeft);
    y += BUBBLE.small * BUBBLE.line * em;
  }
}

const quoteFont = (em: number): string => `500 ${em}px ${SERIF}`;
const sourceFont = (em: number): string => `400 ${BUBBLE.small * em}px ${SANS}`;
