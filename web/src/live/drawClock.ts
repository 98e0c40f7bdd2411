/** When the view is drawn: at once where there is something new, and again for what moves by itself. */

export class DrawClock {
  #drawnS = -Infinity;
  /** Something new was drawn since the last animation frame. */
  #fresh = false;
  /** Something newer came after that. */
  #newer = false;
  /** What was drawn before the last animation frame or in it is shown between that one and the next. */
  #showing = false;

  /**
   * Something new came, between two animation frames.
   *
   * @returns whether to draw it now; else the next animation frame draws it, as the display has not shown the one before
   */
  came(nowS: number): boolean {
    if (this.#fresh) {
      this.#newer = true;
      return false;
    }
    this.#drawnS = nowS;
    return (this.#fresh = true);
  }

  /**
   * At each animation frame.
   *
   * @param everyS at least between two drawings of which the second shows nothing new
   * @returns draw: whether to draw in this frame; measured: whether the time since the last one is what a drawing costs
   */
  tick(nowS: number, everyS: number): { readonly draw: boolean; readonly measured: boolean } {
    const draw = this.#newer || (!this.#fresh && nowS - this.#drawnS >= everyS);
    const measured = this.#showing;
    this.#showing = draw || this.#fresh;
    this.#fresh = this.#newer = false;
    if (draw) this.#drawnS = nowS;
    return { draw, measured };
  }
}
