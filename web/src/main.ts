import "./ui/app.css";

import { mount } from "svelte";

import App from "./App.svelte";
import { mayFetchEarly, whenIdle } from "./idle";
import { prefetchPerception } from "./ui/engine.svelte";
import { initLanguage } from "./ui/i18n.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("index.html must have an element with the id app");
initLanguage();
mount(App, { target });
if (mayFetchEarly(navigator)) whenIdle(prefetchPerception);
