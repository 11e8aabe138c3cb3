/** Settings with one error. */
export interface InvalidSettings {
    /** Unique: tests/golden/messages.txt has the message under it. */
    readonly about: string;
    readonly raw: Readonly<Record<string, unknown>>;
    /** The setting that the issue is reported for. */
    readonly key: string;
}
