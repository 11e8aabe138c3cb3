/** Alone here, as both the settings' kinds and what follows from settings know them. */
export const SIGNALS = ["traces", "metrics", "logs"] as const;
export type Signal = (typeof SIGNALS)[number];
