/** The expression of one face from its aligned crop, by one model. */

import type { GreyPicture } from "../image/picture";
import { forEachLabelSet, type Probabilities } from "../labels";
import type { Models, Session } from "../modelSession";
import { CROP_PX } from "./align";
import type { Decision } from "./decide";

export class ExpressionClassifier {
  private constructor(
    private readonly session: Session,
    readonly model: string,
    /** On the label, from the probabilities. */
    readonly decision: Decision,
  ) {}

  static async load(models: Models, model: string, decision: Decision = {}): Promise<ExpressionClassifier> {
    const outputs = forEachLabelSet((_, { labels }) => [1, labels.length]);
    return new ExpressionClassifier(await models.open(model, [1, CROP_PX, CROP_PX, 1], outputs), model, decision);
  }

  /** Classifies the (48, 48) crop, 0..255; the model itself standardises it. */
  async classify(crop: GreyPicture): Promise<Probabilities> {
    this.session.input.set(crop.data);
    const outputs = await this.session.run();
    return forEachLabelSet((name) => outputs[name]);
  }

  close(): void {
    this.session.close();
  }
}
