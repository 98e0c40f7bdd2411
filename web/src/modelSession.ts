/** What the stages need of the runtime: opening models, and running them. */

export type Shape = readonly number[];

/** The shapes of outputs, by name; null is any shape. */
export type Outputs = Readonly<Record<string, Shape | null>>;

/** One model with one float32 input. */
export interface Session {
  /** Write here, then `run`. */
  readonly input: Float32Array;
  /** Runs on the numbers in `input`; the outputs by the names of the contract. */
  run(): Promise<Record<string, Float32Array>>;
  close(): void;
}

/** Opens models by name. */
export interface Models {
  /**
   * @param input shape of the one input.
   * @param outputs a name, and the shape of the float32 output that it means: the output of that name, else the only
   *   output of that shape. Null is any shape; then an output of that name must be there.
   */
  open(name: string, input: Shape, outputs: Outputs): Promise<Session>;
}
