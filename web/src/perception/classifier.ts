/** The expression of one face from its aligned crop, by one model, and what that model sees in it. */

import { mirrorGrey, type GreyPicture } from "../image/picture";
import { forEachLabelSet, type Probabilities } from "../labels";
import type { Models, Session } from "../modelSession";
import { CROP_PX } from "./align";
import { secondNetwork, type Decision } from "../face/decide";

/** The model's output from which its probabilities are computed, and those of personal heads. */
const FEATURES = "features";

export interface Classification extends Probabilities {
  /** (128,) or (256,), of the model's own scale. */
  readonly features: Float32Array;
}

export class ExpressionClassifier {
  private constructor(
    private readonly session: Session,
    readonly model: string,
    /** On the label, from the probabilities. */
    readonly decision: Decision,
    /** The network of the second predictions, where the decision takes those of another one. */
    private readonly second: ExpressionClassifier | undefined,
  ) {}

  static async load(models: Models, model: string, decision: Decision = {}): Promise<ExpressionClassifier> {
    const other = secondNetwork(decision);
    const second = other === undefined ? undefined : await ExpressionClassifier.load(models, other);
    const outputs = forEachLabelSet((_, { labels }) => [1, labels.length]);
    const session = await models.open(model, [1, CROP_PX, CROP_PX, 1], { ...outputs, [FEATURES]: null });
    return new ExpressionClassifier(session, model, decision, second);
  }

  /** Classifies the (48, 48) crop, 0..255; the model itself standardises it. */
  async classify(crop: GreyPicture): Promise<Classification> {
    this.session.input.set(crop.data);
    const outputs = await this.session.run();
    return { ...forEachLabelSet((name) => outputs[name]), features: outputs[FEATURES] };
  }

  /** The second prediction of the crop, as the decision takes it. */
  classifyAgain(crop: GreyPicture): Promise<Probabilities> {
    return this.second ? this.second.classify(crop) : this.classify(mirrorGrey(crop));
  }

  close(): void {
    this.session.close();
    this.second?.close();
  }
}
