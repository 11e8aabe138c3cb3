import { isRecord } from "../types/raw";

/** The keys that a rule has read. */
export interface Reads {
    /** Settings whose values it has read. */
    readonly values: Set<string>;
    /** Sections whose keys it has listed, such as `destinations`. */
    readonly sections: Set<string>;
}

/** The same settings as proxies that record in `reads` which of them are read. */
export function recordReads<T extends object>(settings: T, reads: Reads): T {
    return wrapSection(settings, "", reads);
}

function wrapSection<T extends object>(section: T, path: string, reads: Reads): T {
    return new Proxy(section, {
        get(target, name, receiver) {
            const value: unknown = Reflect.get(target, name, receiver);
            if (typeof name === "symbol") {
                return value;
            }
            const key = path === "" ? name : `${path}.${name}`;
            if (isRecord(value)) {
                return wrapSection(value, key, reads);
            }
            reads.values.add(key);
            return value;
        },
        ownKeys(target) {
            if (path !== "") {
                reads.sections.add(path);
            }
            return Reflect.ownKeys(target);
        },
    });
}
