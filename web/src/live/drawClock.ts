/** When the view is drawn: at once where there is something new, and again for what moves by itself. */

export class DrawClock {
  #drawnS = -Infinity;
  /** Something new was drawn since the last animation frame. */
  #fresh = false;
  /** What was drawn before the last animation frame or in it is shown between that one and the next. */
  #showing = false;

  /** Something new was drawn, outside the animation frames. */
  drew(nowS: number): void {
    this.#drawnS = nowS;
    this.#fresh = true;
  }

  /**
   * At each animation frame.
   *
   * @param everyS at least between two drawings of which the second shows nothing new
   * @returns draw: whether to draw in this frame; measured: whether the time since the last one is what a drawing costs
   */
  tick(nowS: number, everyS: number): { readonly draw: boolean; readonly measured: boolean } {
    const draw = !this.#fresh && nowS - this.#drawnS >= everyS;
    const measured = this.#showing;
    this.#showing = draw || this.#fresh;
    this.#fresh = false;
    if (draw) this.#drawnS = nowS;
    return { draw, measured };
  }
}
