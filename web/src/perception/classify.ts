/** The expression of one face from its aligned crop, by one of our models. */

import { FER2013, FERPLUS } from "../labels";
import type { Models, Session } from "../runtime";
import { CROP_PX } from "./align";
import type { GreyPicture } from "./picture";

/** Calibrated probabilities, each set in the order of its labels, summing to 1. */
export interface Probabilities {
  readonly ferplus: Float32Array;
  readonly fer2013: Float32Array;
}

export class ExpressionClassifier {
  private constructor(
    private readonly session: Session,
    readonly model: string,
  ) {}

  static async load(models: Models, model: string): Promise<ExpressionClassifier> {
    const outputs = { ferplus: [1, FERPLUS.length], fer2013: [1, FER2013.length] };
    return new ExpressionClassifier(await models.open(model, [1, CROP_PX, CROP_PX, 1], outputs), model);
  }

  /** Of the (48, 48) crop, 0..255: standardising lives inside the model. */
  async classify(crop: GreyPicture): Promise<Probabilities> {
    this.session.input.set(crop.data);
    const { ferplus, fer2013 } = await this.session.run();
    return { ferplus, fer2013 };
  }

  close(): void {
    this.session.close();
  }
}
