/** The screens, in the order of the navigation. */
export const SCREENS = ["live", "photo", "learn", "teach", "session", "about"] as const;
export type Screen = (typeof SCREENS)[number];
