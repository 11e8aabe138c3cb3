/** A Go duration, such as `1s` or `5m`. */
export type Duration = string;
/** `host:port`. */
export type Address = string;

/** The id of a component: `type`, or `type/name` when there are several of one type. */
export type ComponentId<Types> = (keyof Types & string) | `${keyof Types & string}/${string}`;

/** A section of the configuration file. Each entry has the keys of its type. */
export type Section<Types> = {
    readonly [Id in keyof Types & string as Id | `${Id}/${string}`]?: Types[Id];
};
