/** Shared by all drawings of text: fonts, colours, and a drawing as a value. */

export type Rgb = readonly [number, number, number];
export type Pen = CanvasRenderingContext2D;

export const SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";
export const SERIF = "'Iowan Old Style', 'Palatino Linotype', Palatino, 'Noto Serif', Georgia, serif";

export interface Drawing {
  readonly widthPx: number;
  readonly heightPx: number;
  /** How much of each side is shadow. */
  readonly marginPx: number;
  draw(pen: Pen): void;
}

export const css = (rgb: Rgb): string => `rgb(${rgb.join(" ")})`;

export function roundRect(pen: Pen, x: number, y: number, width: number, height: number, radius: number): void {
  pen.beginPath();
  pen.roundRect(x, y, width, height, Math.min(radius, width / 2, height / 2));
  pen.fill();
}

/** Text that starts at `x` and runs in the direction of its language. */
export function write(pen: Pen, text: string, x: number, y: number, rightToLeft: boolean): void {
  pen.direction = rightToLeft ? "rtl" : "ltr"; // never the page's: a quote may be in another language
  pen.textAlign = rightToLeft ? "right" : "left";
  pen.textBaseline = "middle";
  pen.fillText(text, x, y);
}
