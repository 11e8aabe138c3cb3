import type * as z from "zod";
import { isConvertedDate } from "./hints";
import { customType, stringType, STRING_MAP } from "./values";
import { SIGNALS, type Signal } from "./signal";

/** The URL of a backend, without secrets. */
export const httpUrl = stringType(
    "URL",
    "an http:// or https:// URL without user, query and fragment, such as https://otlp.example.com:4317",
    (value) => {
        const url = URL.canParse(value) ? new URL(value) : undefined;
        return (
            url !== undefined &&
            // URL also parses schemes in capitals or without slashes, which the checks for http:// would miss.
            /^https?:\/\/[^\s?#@\\/][^\s?#@\\]*$/.test(value) &&
            url.username === "" &&
            url.password === ""
        );
    },
);

/** The URL of a webhook, which often contains a secret in its path or query. */
export const webhookUrl = stringType(
    "URL",
    "an http:// or https:// URL without user and fragment, such as https://hooks.example.com/alerts",
    (value) => URL.canParse(value) && /^https?:\/\/[^\s#@\\/][^\s#@\\]*$/.test(value),
);

function isSignals(value: unknown): value is Signal[] {
    return (
        Array.isArray(value) &&
        value.length > 0 &&
        new Set(value).size === value.length &&
        value.every((name) => SIGNALS.some((signal) => signal === name))
    );
}

/** A non-empty subset of the signals. */
export const signals: z.ZodType<readonly Signal[]> = customType(
    "list of traces, metrics, logs",
    "a list of at least one of traces, metrics, logs, without duplicates, such as [traces, logs]",
    isSignals,
    { type: "array", items: { enum: SIGNALS }, minItems: 1, uniqueItems: true },
);

export type Headers = Readonly<Record<string, string>>;

/** The name becomes part of the name of an environment variable. */
export function isHeaderName(name: string): boolean {
    return /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(name);
}

/** A value must fit on one line. */
function isHeaders(value: unknown): value is Headers {
    return (
        typeof value === "object" &&
        value !== null &&
        !Array.isArray(value) &&
        Object.entries(value).every(
            ([name, content]) =>
                isHeaderName(name) &&
                typeof content === "string" &&
                !isConvertedDate(content) &&
                /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(content),
        )
    );
}

/** Headers of HTTP or gRPC requests. */
export const headers = customType(
    "map of headers",
    "a map of header names (letters, digits and -) with string values of printable ASCII characters, such as { x-tenant: shop }",
    isHeaders,
    STRING_MAP,
);
