import type { StackSettings } from "../schema/schema";

/** The backends that take logs, by their settings: what holds for one of them holds for each. */
export const LOG_STORES = ["loki", "victoriaLogs"] as const;
export type LogStore = (typeof LOG_STORES)[number];

/** The name that each has as a route, an exporter and a hop of `make verify`. */
export const LOG_ROUTES = { loki: "loki", victoriaLogs: "victorialogs" } as const satisfies Record<LogStore, string>;
export type LogRoute = (typeof LOG_ROUTES)[LogStore];

/** The switches of all of them. */
export const LOG_STORE_KEYS = [
    "loki.enabled",
    "victoriaLogs.enabled",
] as const satisfies readonly `${LogStore}.enabled`[];

export type LogStoreSettings = Pick<StackSettings, LogStore>;

/** The log stores that are on. */
export function findLogStores(settings: LogStoreSettings): readonly LogStore[] {
    return LOG_STORES.filter((store) => settings[store].enabled);
}

/** Whether the stack keeps logs. */
export function hasLogStore(settings: LogStoreSettings): boolean {
    return findLogStores(settings).length > 0;
}
