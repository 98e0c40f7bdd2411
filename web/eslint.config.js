import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

import svelteConfig from "./svelte.config.js";

export default ts.config(
  { ignores: ["node_modules", "public", "dist", "e2e/out", ".svelte-kit"] },
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.worker } },
    rules: {
      eqeqeq: ["error", "smart"],
      "no-console": ["error", { allow: ["warn", "error"] }],
      "svelte/no-unused-svelte-ignore": "off", // svelte-check knows which warnings there are
      // arrays of numbers are indexed by loops that stay inside them
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  { files: ["scripts/**", "e2e/**", "*.config.*"], languageOptions: { globals: globals.node }, rules: { "no-console": "off", "@typescript-eslint/ban-ts-comment": "off" } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig } },
  },
);
