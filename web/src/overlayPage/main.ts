/** A transparent page over other programs' pictures: what the server sees, drawn in the shape of its source. */

import "./page.css";

import { inLanguage } from "../content/language";
import { DEFAULT_PACK, loadPack } from "../content/pack";
import { Stage } from "../overlay/stage/stage";
import { type SceneDocument, sceneFromDocument } from "../server/sceneDocument";
import { openSceneStream, SILENT_MS } from "../server/sceneStream";
import { TEXTS } from "../ui/describeFace";
import { currentLanguage, hasMessage, initLanguage } from "../ui/i18n.svelte";
import { Boxes } from "./boxes";
import { type PageOptions, pageOptions } from "./query";

/** Labels of a user's own model have no message. */
const texts: typeof TEXTS = {
  ...TEXTS,
  describeFace: (face) => (face.quality.usable && !hasMessage(`expression.${face.expression.label}`) ? face.expression.label : TEXTS.describeFace(face)),
  name: (label) => (hasMessage(`label.${label}`) ? TEXTS.name(label) : label),
};
const status = document.getElementById("status")!;

function start(options: PageOptions): void {
  initLanguage(options.language);
  const stage = new Stage(document.getElementById("stage") as HTMLCanvasElement, texts, { transparent: true });
  const boxes = new Boxes(document.getElementById("boxes")!);
  const { overlays, mirrored, seed } = options;
  Object.assign(stage.options, { overlays, mirrored, seed, fill: "contain", sightings: 3 });
  void loadPack(DEFAULT_PACK).then(
    (pack) => (stage.options.pack = inLanguage(pack, currentLanguage())),
    (error: unknown) => console.error("quotes and stickers cannot be loaded:", error),
  );
  let newestMs = -Infinity;
  openSceneStream({
    url: options.socketUrl,
    key: options.key,
    source: options.source,
    onState: (connected) => connected && status.remove(),
    onScene: (scene: SceneDocument, isNewSource) => {
      if (isNewSource) stage.clear();
      stage.setScene(sceneFromDocument(scene));
      newestMs = performance.now();
    },
  });
  const render = (nowMs: number): void => {
    requestAnimationFrame(render);
    if (stage.scene && nowMs - newestMs > SILENT_MS) stage.clear();
    stage.resize(innerWidth, innerHeight, devicePixelRatio);
    stage.render(nowMs / 1000);
    boxes.show(options.boxes ? stage.faceBoxes : []);
    document.body.dataset["faces"] = String(stage.faceBoxes.length);
  };
  requestAnimationFrame(render);
}

try {
  start(pageOptions(location.href));
} catch (error) {
  status.textContent = String(error instanceof Error ? error.message : error);
}
