/** The built engine for tests: what the screens import, where a test can reach it. */

import { createCamera } from "../../src/camera/camera";
import { createPerception } from "../../src/perception";

Object.assign(window, { engine: { createPerception, createCamera } });
